"""Gather documents, turn them into normalized entries, syndicate them again."""
