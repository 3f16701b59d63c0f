"""Pure functions on text: dates, addresses, markup, character sets, languages, slugs."""
