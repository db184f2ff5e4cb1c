"""What the house does by itself to stay small and sound: the jobs, and what begins them."""
