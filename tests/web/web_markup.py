"""A strict look at a page: what a validator and an accessibility checker would stumble over first."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"br", "hr", "img", "input", "link", "meta", "source", "wbr", "col"}
LANDMARKS = {"header", "nav", "main", "footer"}
HEADINGS = {f"h{level}": level for level in range(1, 7)}


class Page(HTMLParser):
    """The elements of a page and what is wrong with them; those inside a picture are called `svg rect`, …"""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.problems: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self._ids: set[str] = set()
        self._level = 0
        if not text.lower().startswith("<!doctype html>\n<html lang="):
            self.problems.append("does not begin with the doctype and a language")
        self.feed(text)
        self.close()
        self.problems += [f"<{tag}> is not closed" for tag in self._open]
        self._check_whole()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        inside = "svg " if "svg" in self._open else ""  # where a title is one of a picture
        self.elements.append((f"{inside}{tag}", attributes))
        if len(attributes) != len(attrs):
            self.problems.append(f"<{tag}> has an attribute twice")
        for name in attributes:
            if name.startswith("on") or name == "style":
                self.problems.append(f"<{tag}> has {name}")
        if tag in ("style", "iframe", "base"):
            self.problems.append(f"<{tag}>")
        if tag == "script" and "/static/" not in (attributes.get("src") or ""):
            self.problems.append("a <script> that is no file of ours")
        self._check_id(tag, attributes)
        self._check_heading(tag)
        if tag == "p" and "p" in self._open:
            self.problems.append("<p> inside <p>")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}> closes another element")

    def find(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        """The attributes of every element with this tag and these attributes."""
        return [
            attributes
            for name, attributes in self.elements
            if name == tag and all(attributes.get(key) == value for key, value in wanted.items())
        ]

    def _check_id(self, tag: str, attributes: dict[str, str | None]) -> None:
        id = attributes.get("id")
        if id in self._ids:
            self.problems.append(f"the id {id} is given twice")
        if id is not None:
            self._ids.add(id)
        if tag == "img" and "alt" not in attributes:
            self.problems.append("<img> without alt")
        is_named = "aria-labelledby" in attributes or (attributes.get("aria-label") or "").strip()
        if tag == "svg" and not (attributes.get("role") == "img" and is_named):
            self.problems.append("<svg> that is told to nobody who cannot see it")

    def _check_heading(self, tag: str) -> None:
        level = HEADINGS.get(tag)
        if level is None:
            return
        if level > self._level + 1:
            self.problems.append(f"<{tag}> follows <h{self._level}>")
        self._level = level

    def _check_whole(self) -> None:
        for tag in ("title", "h1", "main"):
            if len(self.find(tag)) != 1:
                self.problems.append(f"{len(self.find(tag))} <{tag}>")
        for tag in LANDMARKS:
            if not self.find(tag):
                self.problems.append(f"no <{tag}>")
        for name in ("aria-labelledby", "for"):
            for _, attributes in self.elements:
                if name in attributes and attributes[name] not in self._ids:
                    self.problems.append(f"{name} refers to nothing: {attributes[name]}")
        labelled = {label["for"] for label in self.find("label")}
        for field in self.find("input"):
            if field.get("type") != "hidden" and field.get("id") not in labelled:
                self.problems.append(f"the field {field.get('name')} has no label")
