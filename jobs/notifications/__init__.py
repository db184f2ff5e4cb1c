"""Notifications: what happened is told to the targets that want to know it."""
