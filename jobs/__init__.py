"""Work that takes time or leaves the machine: runs, syncs, and the clients of Sonarr and Radarr."""
