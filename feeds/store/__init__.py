"""What is kept: the database, and every statement on it, once."""

from feeds.store.database import Store, Transaction
from feeds.store.opening import open_store

__all__ = ["Store", "Transaction", "open_store"]
