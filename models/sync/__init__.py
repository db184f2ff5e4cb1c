"""What a sync changes in the backlog, and what is forgotten with time."""
