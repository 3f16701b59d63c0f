"""Media RSS and podcast elements, which stand in RSS and Atom alike (Media RSS 1.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.model import Link
from feeds.parsing.elements import Element, Fields, attribute, each, group_children, link_to

#: Where a picture of an entry or feed is given, best first, and the attribute that holds its address.
IMAGES = (
    ("itunes:image", "href"),
    ("media:content", "url"),
    ("media:thumbnail", "url"),
    ("googleplay:image", "href"),
)
#: What a file is called that nobody says the type of.
PICTURE_NAME = re.compile(r"\.(?:avif|gif|jpe?g|png|svg|webp)(?:[?#]|$)", re.IGNORECASE)
FLASH = "application/x-shockwave-flash"


def open_media(fields: Fields, home: str) -> Fields:
    """Return the fields with what stands inside media:group and media:content beside the rest.

    What an entry says itself comes before what its media say.
    """
    opened = {name: list(elements) for name, elements in fields.items()}
    for wrapper in ("media:group", "media:content"):
        for element in tuple(opened.get(wrapper, ())):
            for name, elements in group_children(element, home).items():
                opened.setdefault(name, []).extend(elements)
    return opened


def find_image(fields: Fields) -> Link | None:
    """Return the picture that stands for the entry or feed."""
    candidates = (
        link_to(element, attribute(element, name))
        for tag, name in IMAGES
        for element in fields.get(tag, ())
        if tag != "media:content" or is_image(element)
    )
    return next(filter(None, candidates), None)


def find_files(fields: Fields) -> Iterator[Link]:
    """Yield the attached files of media:content; pictures are no attachments, and nothing plays Flash."""
    for element in each(fields, ("media:content",)):
        url = attribute(element, "url")
        media_type = attribute(element, "type")
        if url and not is_image(element) and media_type != FLASH:
            yield Link(
                url,
                rel="enclosure",
                media_type=media_type,
                length=attribute(element, "fileSize"),
                base=element.base,
            )


def is_image(element: Element) -> bool:
    """Whether a media:content or enclosure is a picture."""
    media_type, medium = attribute(element, "type"), attribute(element, "medium")
    if media_type or medium:
        return medium == "image" or (media_type or "").lower().startswith("image/")
    return bool(PICTURE_NAME.search(attribute(element, "url") or ""))
