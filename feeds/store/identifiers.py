"""What an entry is called in addresses, and how entries of one moment are ordered."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from feeds.store.columns import storable

KEY_LENGTH = 26
LONGEST_TIE = 400  # characters; PostgreSQL takes no more than 2704 bytes into an index


@lru_cache(maxsize=4096)
def find_key(id: str) -> str:
    """Return the entry's name in addresses: 26 base32 characters of SHA-256(id), in lower case."""
    digest = hashlib.sha256(storable(id).encode()).digest()
    return base64.b32encode(digest)[:KEY_LENGTH].decode("ascii").lower()


def find_tie(id: str) -> str:
    """Return what orders entries of one position: the id, of an enormous one its beginning and the key."""
    id = storable(id)
    return id if len(id) <= LONGEST_TIE else id[:LONGEST_TIE] + find_key(id)
