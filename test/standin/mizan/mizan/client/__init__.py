"""`@client`, and the names of contexts."""

from .decorator import ReactContext, client

__all__ = ["ReactContext", "client"]
