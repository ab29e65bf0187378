"""Server-rendered React: a Django template backend, and Bun as a child process that renders."""

from .backend import MizanTemplates
from .worker_process import SSRError

__all__ = ["MizanTemplates", "SSRError"]
