"""Moothall: a federated forum server."""
