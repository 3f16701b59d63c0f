"""From what a document says to entries we answer for: identity, normal form, and what is new."""
