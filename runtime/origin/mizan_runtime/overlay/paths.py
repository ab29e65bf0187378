"""Paths of settings: which lie in the release's copy of the app, and where they go instead."""

import os


def as_path(value):
    """Absolute real path of a path setting (`str` or `Path`), or None if it is neither or empty."""
    if not value or not isinstance(value, (str, os.PathLike)):
        return None
    # A relative path means the working folder: the backend root, in the release's copy.
    return os.path.realpath(os.fspath(value))


def is_below(path, folder):
    folder = os.path.realpath(folder)
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def moved_path(value, overlay_input):
    """Where a writable path goes, or None if it may stay.

    Below the app folder: the same relative place in the data folder. Elsewhere: it stays.
    """
    path = as_path(value)
    if path is None or not is_below(path, overlay_input["appFolder"]):
        return None
    # An overlay may keep the data folder inside the app folder; what is there is there already.
    if is_below(path, overlay_input["dataFolder"]):
        return None
    relative = os.path.relpath(path, os.path.realpath(overlay_input["appFolder"]))
    return os.path.normpath(os.path.join(overlay_input["dataFolder"], relative))


def like(original, path):
    """`path` with the type of `original`, so that `MEDIA_ROOT / "x"` goes on working."""
    return type(original)(path) if isinstance(original, os.PathLike) else path
