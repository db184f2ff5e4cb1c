"""What a reading of an instance changes in the backlog, and what is forgotten with time."""
