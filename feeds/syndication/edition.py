"""One edition: the bytes of a feed in every coding, and what a server says of them."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """The bytes of one feed, and what a server says of them."""

    body: bytes
    gzip: bytes  #: the same, gzip-coded
    etag: str  #: strong, quoted, of the body
    etag_gzip: str  #: of the gzip-coded form: a strong tag is of one coding (RFC 9110, section 8.8.3)
    modified: datetime  #: the stored moment its bytes last changed, whole seconds
    media_type: str


def find_etag(body: bytes) -> str:
    """Return the strong entity tag of these bytes, quoted."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def make_edition(body: bytes, media_type: str, modified: datetime) -> Edition:
    """Return the edition with this body; each coding is made here, once."""
    etag = find_etag(body)
    return Edition(
        body=body,
        gzip=gzip.compress(body, compresslevel=6, mtime=0),
        etag=etag,
        etag_gzip=f'{etag[:-1]}-gzip"',
        modified=modified,
        media_type=media_type,
    )
