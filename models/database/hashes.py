"""Hashes of random ids; only these are stored, so that a read database gives none away."""

import hashlib


def hash_of(random_id: str) -> str:
    """64 hexadecimal digits of SHA-256; enough for ids of 256 random bits."""
    return hashlib.sha256(random_id.encode()).hexdigest()
