"""What the household does by itself to stay small and sound: the jobs, and what begins them."""
