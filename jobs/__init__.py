"""Work that takes time or uses the network: runs, syncs, and the clients of the applications."""
