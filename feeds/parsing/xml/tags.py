"""The tags of XML that is not well formed: what is one, and its attributes as XML wants them."""

from __future__ import annotations

import re

from feeds.parsing.xml.references import References
from feeds.parsing.xml.vocabulary import ENTRIES, MAY_HOLD, TAGS

#: The characters of names (XML 1.0, section 2.3), in bounds.
INITIAL = (
    "A-Za-z_\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
PART = f"[{INITIAL}][{INITIAL}0-9.\xb7\u0300-\u036f\u203f\u2040-]{{0,255}}+"
NAME = rf"{PART}(?::{PART})?+"

#: An attribute: its name, and a value that is quoted, or has a quote that nothing ends, or no quote at all.
ATTRIBUTE = re.compile(
    r"""(?P<name>[^\s<>/="'][^\s<>/="']*+)
    (?:\s*+=\s*+(?:"(?P<double>[^"<]*+)"|'(?P<single>[^'<]*+)'
      |"(?P<double_with_tags>[^"]*+)"(?=[\s/>]|\Z)|'(?P<single_with_tags>[^']*+)'(?=[\s/>]|\Z)
      |["']?(?P<bare>[^\s<>"']*+)))?+""",
    re.VERBOSE,
)
UNNAMED = re.sub(r"\?P<\w+>", "?:", ATTRIBUTE.pattern)
START = re.compile(
    rf"""<(?P<name>{NAME})(?=[\s/>"']|<|\Z)(?P<attributes>(?:[\s/"'=]++|{UNNAMED})*+)(?P<end>>|(?=<)|\Z)""",
    re.VERBOSE,
)
#: The end of an element; a name behind white space is one only where the sign follows.
END = re.compile(rf"</(?:\s++(?={NAME}\s*+>))?+(?P<name>{NAME})(?:[^<>]*+>|\s*+(?=<|\Z))")
QUALIFIED = re.compile(NAME)
UNFIT = re.compile(r"[^\w:.-]")
QUOTED = re.compile(r"""=\s*+["']""")

#: The namespaces of prefixes whose attributes mean something; the others are named after themselves.
KNOWN = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "atom": "http://www.w3.org/2005/Atom",
}
RESERVED = frozenset({"http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/"})


def name_of(found: re.Match[str]) -> str:
    """Return the name of a tag; one entry among others is one however it is capitalized."""
    name: str = found["name"]
    return name.lower() if name.lower() in ENTRIES else name


class Tags:
    """Reads the start tags of one document, and keeps what its root has to declare."""

    def __init__(self, text: str, references: References) -> None:
        self._closed = {found["name"].lower() for found in END.finditer(text)}
        self._references = references
        self._used: set[str] = set()
        self._declared: dict[str, str] = {}

    def is_tag(self, found: re.Match[str]) -> bool:
        """Whether it begins an element: what nothing closes, explains or knows is text in angle brackets."""
        name, attributes = found["name"].lower(), found["attributes"]
        if QUOTED.search(attributes):
            return True
        if not found["end"]:
            return name in MAY_HOLD and not attributes.strip()
        return (
            name in TAGS or name in self._closed or ":" in name or attributes.isspace() or attributes == "/"
        )

    def write(self, found: re.Match[str]) -> str:
        """Return the tag without its `>`: every attribute once, in quotes, declared."""
        attributes: dict[str, str] = {}
        for attribute in ATTRIBUTE.finditer(found["attributes"].removesuffix("/")):
            name = attribute["name"]
            if not QUALIFIED.fullmatch(name):
                name = UNFIT.sub("", name)
            if QUALIFIED.fullmatch(name):
                attributes.setdefault(name, attribute[attribute.lastindex or 0])
        self._take_up_namespaces(found["name"], attributes)
        written = (f' {name}="{self._write_value(value)}"' for name, value in attributes.items())
        return f"<{name_of(found)}{''.join(written)}"

    def write_root(self, tag: str) -> str:
        """Return the tag of the root with the prefixes that are used and not declared there."""
        missing = sorted(prefix for prefix in self._used if f" xmlns:{prefix}=" not in tag)
        addresses = ((prefix, self._declared.get(prefix) or KNOWN.get(prefix, prefix)) for prefix in missing)
        return tag + "".join(f' xmlns:{prefix}="{self._write_value(value)}"' for prefix, value in addresses)

    def _take_up_namespaces(self, tag: str, attributes: dict[str, str]) -> None:
        for name in (tag, *attributes):
            prefix, colon, local = name.partition(":")
            if prefix == "xmlns":
                self._declare(name, local, attributes)
            elif colon and prefix != "xml":
                self._used.add(prefix)

    def _declare(self, name: str, prefix: str, attributes: dict[str, str]) -> None:
        address = attributes[name] = attributes.get(name, "").strip()
        if address in RESERVED or prefix in ("xml", "xmlns") or (prefix and not address):
            del attributes[name]
        elif prefix:
            self._declared.setdefault(prefix, address)

    def _write_value(self, value: str) -> str:
        return self._references.write(value).replace("<", "&lt;").replace('"', "&quot;")
