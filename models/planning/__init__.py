"""What the queues will come to: the next weeks played through, with counts for items."""
