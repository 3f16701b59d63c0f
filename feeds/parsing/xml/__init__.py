"""The one reader of XML: hardened, strict first, repaired where it must be, bounded always."""

from feeds.parsing.xml.reading import Taker, read_xml

__all__ = ["Taker", "read_xml"]
