"""Media RSS, which stands in RSS and Atom alike (Media RSS 1.5.1)."""

from __future__ import annotations

import re
from typing import NamedTuple

from feeds.model import Link
from feeds.parsing.elements import Element, Ground, attributes
from feeds.parsing.fields import BEHIND, Field, Found, Table, best, gather, ranked
from feeds.parsing.links import read_image_link, read_picture

#: What a file is called that nobody says the type of.
PICTURE_NAME = re.compile(r"\.(?:avif|gif|jpe?g|png|svg|webp)(?:[?#]|$)", re.IGNORECASE)
FLASH = "application/x-shockwave-flash"


class Medium(NamedTuple):
    """A media:content, or a media:group, which has no file of its own."""

    element: Element
    file: Link | None = None
    is_picture: bool = False
    is_default: bool = False  #: among several forms of one thing


def read_group(element: Element, _ground: Ground) -> Medium:
    """Return a group, to be opened."""
    return Medium(element)


def read_media(element: Element, ground: Ground) -> Medium:
    """Return a media:content, to be opened, with its file if it has an address."""
    given = attributes(element)
    url, media_type = given.get("url"), given.get("type")
    is_picture = shows_picture(url, media_type, given.get("medium"))
    file = url and Link(
        url,
        rel="alternate" if is_picture else "enclosure",
        media_type=None if is_picture else media_type,
        length=None if is_picture else given.get("filesize"),
        base=ground.at(element).base,
    )
    return Medium(element, file or None, is_picture, given.get("isdefault", "").lower() == "true")


MEDIA = Field({"media:content": read_media, "media:group": read_group})
#: The picture the entry itself names, and what else may stand for it; between them come media:content.
OWN_IMAGE = Field({"itunes:image": read_picture})
OTHER_IMAGE = Field({
    "media:thumbnail": read_picture,
    "googleplay:image": read_picture,
    "image": read_picture,
    "thumbnail": read_picture,
    "itunes:link": read_image_link,
})  # fmt: skip


def open_media(found: Found, ground: Ground, table: Table) -> None:
    """Add what stands inside media:group and media:content behind what the entry says itself."""
    media: list[tuple[int, Medium]] = found.get(MEDIA, [])
    for _, medium in media:  # it grows by what is found in a group
        gather(medium.element, ground.at(medium.element), table, found, behind=BEHIND)


def find_image(found: Found) -> Link | None:
    """Return the picture that stands for the entry or feed."""
    return best(found, OWN_IMAGE) or _find_media_picture(found) or best(found, OTHER_IMAGE)


def _find_media_picture(found: Found) -> Link | None:
    if MEDIA not in found:
        return None
    pictures = [medium for medium in ranked(found, MEDIA) if medium.is_picture]
    return next((medium.file for medium in _default_first(pictures)), None)


def find_files(found: Found) -> tuple[Link, ...]:
    """Return the attached files of media:content; pictures are no attachments, and nothing plays Flash."""
    if MEDIA not in found:
        return ()
    media = [medium for medium in ranked(found, MEDIA) if not medium.is_picture]
    files = (medium.file for medium in _default_first(media))
    return tuple(file for file in files if file and file.media_type != FLASH)


def _default_first(media: list[Medium]) -> list[Medium]:
    return sorted(media, key=lambda medium: not medium.is_default)


def shows_picture(url: str | None, media_type: str | None, medium: str | None = None) -> bool:
    """Whether a file is a picture: by its medium and type, or where it has neither by its name."""
    if media_type or medium:
        return medium == "image" or (media_type or "").lower().startswith("image/")
    return bool(url and PICTURE_NAME.search(url))
