"""Seeds: archived articles, each a document of the watched folder."""

from feeds.parsing.seed.reading import is_seed, parse_seed, split_seed

__all__ = ["is_seed", "parse_seed", "split_seed"]
