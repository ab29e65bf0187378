"""The settings while the overlay's rules work on them."""

import copy
import os

from django.conf import global_settings


class Draft:
    """Settings under change; records an OverlayChange for each one that a rule sets."""

    def __init__(self, original, overlay_input):
        self.settings = dict(original)
        self.input = overlay_input
        self.changes = []
        self.rule = ""

    def get(self, name):
        """The value so far: the user's, a rule's, or Django's default."""
        return self.settings.get(name, getattr(global_settings, name, None))

    def copy(self, name):
        """A deep copy of a dict or list setting, free to change; never the user's own object."""
        return _copy(self.get(name))

    def set(self, name, value, reason, setting=None):
        """Sets `name`; `setting` is how the change is listed if it concerns only a part of it."""
        action = "replaced" if self.get(name) else "filled"
        self.settings[name] = value
        self.note(setting or name, action, reason)

    def note(self, setting, action, reason):
        self.changes.append(
            {"rule": self.rule, "setting": setting, "action": action, "reason": reason}
        )

    def is_http(self):
        return self.input["scheme"] == "http"

    def installed(self, app):
        return app in (self.get("INSTALLED_APPS") or ())


def _copy(value):
    # Leaves (lazy translations, storage objects, functions) stay shared: not all can be copied.
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return [_copy(item) for item in value]
    if isinstance(value, set):
        return set(value)
    return value if isinstance(value, (str, os.PathLike)) else _leaf(value)


def _leaf(value):
    return copy.copy(value) if isinstance(value, bytearray) else value
