"""The seeds directory: watched, looked through, taken in; and the pages that its files name."""
