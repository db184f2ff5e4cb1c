"""Housekeeping: jobs that keep the database small and sound, and what begins them."""
