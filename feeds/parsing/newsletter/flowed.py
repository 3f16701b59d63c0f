"""Plain text whose lines flow into paragraphs (RFC 3676)."""

from __future__ import annotations

SIGNATURE = "-- "


def unflow(text: str, drops_space: bool) -> str:
    """Return the text with one line a paragraph.

    A line that ends in a space goes on in the next one; the space is none of the text where `drops_space`.
    """
    paragraphs: list[list[str]] = []
    flowing: int | None = None
    for line in text.split("\n"):
        depth, content = _read_line(line)
        if depth != flowing or content in ("", SIGNATURE):
            paragraphs.append([">" * depth + " " if depth else ""])
        is_soft = content.endswith(" ") and content != SIGNATURE
        paragraphs[-1].append(content[:-1] if is_soft and drops_space else content)
        flowing = depth if is_soft else None
    return "\n".join("".join(paragraph) for paragraph in paragraphs)


def _read_line(line: str) -> tuple[int, str]:
    """Return how often a line is quoted, and what it says: one space before that is stuffing."""
    content = line.lstrip(">")
    return len(line) - len(content), content.removeprefix(" ")
