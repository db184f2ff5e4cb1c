"""Layers around the program, in plain ASGI."""
