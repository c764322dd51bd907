"""Moothall: a federated forum server."""

__version__ = "0.1.0"
