"""TEST STAND-IN for upstream's `mizan`: the protocol of reference/protocol.md on Django, and no more."""

from .client import ReactContext, client

__all__ = ["ReactContext", "client"]
