"""Keys and values that may stand before a document: YAML, TOML, JSON, or bare lines."""

from feeds.parsing.front_matter.reading import (
    FrontMatter,
    FrontMatterError,
    first_value,
    parse_front_matter,
    split_front_matter,
)

__all__ = ["FrontMatter", "FrontMatterError", "first_value", "parse_front_matter", "split_front_matter"]
