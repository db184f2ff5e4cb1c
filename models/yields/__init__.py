"""Yield: what searches brought, by queue, instance, age and more."""

from models.yields.table import Yield

__all__ = ["Yield"]
