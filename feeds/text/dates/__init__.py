"""Dates as people and programs write them, and as we write them."""

from feeds.text.dates.moments import format_http, format_rfc3339, from_milliseconds, parse_date

__all__ = ["format_http", "format_rfc3339", "from_milliseconds", "parse_date"]
