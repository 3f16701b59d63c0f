"""The real feeds that everything is measured on."""

from __future__ import annotations

import re
from pathlib import Path

#: Where they lie unless an argument says otherwise: beside the checkout.
FEEDS = Path(__file__).parents[2] / "shared" / "corpus" / "feeds"
ENTRIES = re.compile(rb"<(item|entry)[\s>].*</\1\s*>", re.DOTALL)
GUID = re.compile(rb"(</(?:guid|id)>)")


def read_feeds(folder: Path) -> dict[str, bytes]:
    """Return the feeds by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def enlarge(feed: bytes, size: int) -> bytes:
    """Return the feed with its entries repeated to at least `size` bytes, each with a guid of its own."""
    found = ENTRIES.search(feed)
    if found is None:
        return feed
    times = -(-(size - len(feed)) // len(found[0])) + 1
    repeated = b"\n".join(GUID.sub(b"#%d\\1" % number, found[0]) for number in range(times))
    return feed[: found.start()] + repeated + feed[found.end() :]
