"""Random ids are kept only as hashes: who reads the database cannot use them."""

import hashlib


def hash_of(random_id: str) -> str:
    """64 hexadecimal digits of SHA-256; enough for ids of 256 random bits."""
    return hashlib.sha256(random_id.encode()).hexdigest()
