"""Authors, in every way they are written."""

from __future__ import annotations

import re

from feeds.model import Person
from feeds.parsing.constructs import find_name
from feeds.parsing.elements import RDF, Element, Ground, attributes, declared, find_text, join, text_of
from feeds.parsing.fields import Field, best, gather, make_table

#: Longer texts hold no mailbox.
LONGEST_MAILBOX = 320
ADDRESS = re.compile(r"(?:mailto:)?(?P<email>[^\s<>()\[\]{},;:\"@]+@[^\s<>()\[\]{},;:\"@]+)", re.IGNORECASE)
#: What stood around the address, and around the name.
EMPTY_BRACKETS = re.compile(r"<\s*>|\(\s*\)|\[\s*\]")
AROUND = " ,;:\"'<>[]|/-–—"

#: A name alone may stand in brackets too, as if an address stood before it.
IN_BRACKETS = re.compile(r"\(([^()]+)\)")


def read_mailbox(element: Element, _ground: Ground) -> str | None:
    """Return an e-mail address, which FOAF has in an attribute."""
    return text_of(element) or declared(element, "resource")


NAME = Field({"name": find_name, "foaf:name": find_name, "itunes:name": find_name})
EMAIL = Field({"email": find_text, "foaf:mbox": read_mailbox, "itunes:email": find_text})
ADDRESS_OF_PAGE = Field(
    {"uri": find_text, "url": find_text, "homepage": find_text, "foaf:homepage": find_text}
)
PERSON = make_table(NAME, EMAIL, ADDRESS_OF_PAGE, homes=("atom", "rss", "itunes", "foaf"))

#: Who speaks in a podcast; the others have helped (podcast:person, `role`).
SPEAKERS = frozenset({"host", "co-host", "cohost", "author", "writer", "narrator"})


def parse_person(text: str) -> Person | None:
    """Return who is meant by `me@a.example (Me)`, `Me <me@a.example>`, `Me, me@a.example` or a name alone."""
    text = " ".join(text.split())
    if email := _find_address(text):
        rest = EMPTY_BRACKETS.sub(" ", ADDRESS.sub(" ", text))
        name = " ".join(rest.split()).strip(AROUND)
        if name.startswith("(") and name.endswith(")"):
            name = name[1:-1].strip()
        return Person(name=name or None, email=email)
    if found := IN_BRACKETS.fullmatch(text):
        text = found[1].strip()
    return Person(name=text) if text else None


def _find_address(text: str) -> str | None:
    """Return the address in a line that holds one only; it may stand in place of the name once more."""
    if "@" not in text or len(text) > LONGEST_MAILBOX:
        return None
    addresses = ADDRESS.findall(text)
    return addresses[0] if len(addresses) == text.count("@") and len(set(addresses)) == 1 else None


def read_person(element: Element, ground: Ground) -> Person | None:
    """Return a person construct (RFC 4287, section 3.2), or the person that a text names."""
    if len(element) == 0:
        return parse_person(find_name(element, ground) or "")
    here = ground.at(element)
    found = gather(element, here, PERSON)
    if not found:  # the person may be described one level further in (FOAF); else it is a text with tags
        if len(element) == 1:
            return read_person(element[0], here)
        names = [find_name(member, here) for member in element.iterchildren(f"{RDF}li")]
        return parse_person(", ".join(filter(None, names)) or find_name(element, here) or "")
    url, email = best(found, ADDRESS_OF_PAGE), best(found, EMAIL)
    return Person(
        name=best(found, NAME),
        email=email and email.removeprefix("mailto:"),
        url=join(here.base, url) if url else None,
    )


def read_credit(element: Element, ground: Ground) -> Person | None:
    """Return the author among those whom media credit: photographers and agencies are none of the entry."""
    return read_person(element, ground) if attributes(element).get("role", "").lower() == "author" else None


def read_speaker(element: Element, ground: Ground) -> Person | None:
    """Return who is heard or wrote the episode (podcast:person); the role is host where none is given."""
    given = attributes(element)
    name = find_name(element, ground)
    if name is None or given.get("role", "host").lower() not in SPEAKERS:
        return None
    url = given.get("href")
    return Person(name=name, url=join(ground.at(element).base, url) if url else None)
