"""Records which environment variables the app asks for, and where."""

import linecache
import os
import sys

from .. import contract
from ..app_error import is_app_file, relative

# Set by whoever starts the app, never the user's to give. Other names with MIZAN_ are the framework's.
OWN_NAMES = {"DJANGO_SETTINGS_MODULE"} | {
    value for name, value in vars(contract).items() if name.startswith("ENV_")
}
# Where `os.getenv` and `os.environ.setdefault` are defined.
ENVIRON_MODULES = ("os", "_collections_abc", "collections.abc")


class _KeyOfAll(str):
    """A name that came from going through all variables: reading its value is no question of its own."""


class Recorder:
    """What was asked of `os.environ` while it is installed.

    `folder` is the app folder; `synthetic` names have made-up values and count as absent.
    """

    def __init__(self, folder, synthetic):
        self.folder = folder
        self.synthetic = synthetic
        self.asked = {}
        # Names that nobody has set, in the order of asking; also those that only libraries ask for.
        self.absent = []
        self.absent_for_app = []
        self._is_app = {}

    def install(self):
        # The same object as before: a library that did `from os import environ` is recorded too.
        os.environ.__class__ = _recording_class(self)

    def note(self, name, is_direct):
        if not isinstance(name, str) or isinstance(name, _KeyOfAll):
            return
        if name in OWN_NAMES:
            return
        present = os.environ.is_set(name) and name not in self.synthetic
        if not present and name not in self.absent:
            self.absent.append(name)
        frame = self._asking_frame(name)
        if frame is None or name in self.asked:
            return
        if not present:
            self.absent_for_app.append(name)
        self.asked[name] = {
            "name": name,
            # `os.environ["X"]` in the app's own code: without it there is a KeyError.
            "required": present and is_direct and self._is_app_code(sys._getframe(2)),
            "present": present,
            "file": relative(frame.f_code.co_filename, self.folder),
            "line": frame.f_lineno,
        }

    def _asking_frame(self, name):
        """The app's frame that asked; None if a library did while it was imported."""
        innermost = None
        frame = sys._getframe(3)
        while frame is not None and frame.f_globals.get("__name__") in ENVIRON_MODULES:
            frame = frame.f_back
        if frame is None or (not self._is_app_code(frame) and _is_own_switch(name, frame)):
            return None
        while frame is not None:
            if frame.f_code.co_filename.startswith("<frozen importlib"):
                break
            if self._is_app_code(frame):
                innermost = innermost or frame
                # In `def required(name)` only the caller's line says which variable it is.
                if name in linecache.getline(frame.f_code.co_filename, frame.f_lineno):
                    return frame
            frame = frame.f_back
        return innermost

    def _is_app_code(self, frame):
        path = frame.f_code.co_filename
        if path not in self._is_app:
            self._is_app[path] = is_app_file(path, self.folder)
        return self._is_app[path]


def _is_own_switch(name, frame):
    """A library's switch for itself, e.g. PYDANTIC_DISABLE_PLUGINS."""
    package = frame.f_globals.get("__name__", "").split(".")[0].upper()
    return bool(package) and name.startswith(package + "_")


def _recording_class(recorder):
    class RecordingEnviron(os._Environ):
        def __getitem__(self, key):
            recorder.note(key, is_direct=True)
            return super().__getitem__(key)

        # Mapping's own versions go through __getitem__, but are no demand.
        def get(self, key, default=None):
            recorder.note(key, is_direct=False)
            try:
                return super().__getitem__(key)
            except KeyError:
                return default

        def __contains__(self, key):
            recorder.note(key, is_direct=False)
            return self.encodekey(key) in self._data

        def __iter__(self):
            return (_KeyOfAll(key) for key in super(RecordingEnviron, self).__iter__())

        def is_set(self, key):
            return self.encodekey(key) in self._data

    return RecordingEnviron
