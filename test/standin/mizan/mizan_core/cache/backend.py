"""Where the origin's cache keeps entries. The stand-in has memory only, for tests."""

from typing import Protocol


class CacheBackend(Protocol):
    def get(self, key: str) -> bytes | None: ...
    def set(self, key: str, value: bytes) -> None: ...
    def delete(self, key: str) -> None: ...
    def delete_by_prefix(self, prefix: str) -> None: ...
    def clear(self) -> None: ...


class MemoryCache:
    """Of one process: with several workers each has its own, and purges reach one."""

    def __init__(self):
        self._entries = {}

    def get(self, key):
        return self._entries.get(key)

    def set(self, key, value):
        self._entries[key] = value

    def delete(self, key):
        self._entries.pop(key, None)

    def delete_by_prefix(self, prefix):
        for key in [key for key in self._entries if key.startswith(prefix)]:
            self.delete(key)

    def clear(self):
        self._entries.clear()
