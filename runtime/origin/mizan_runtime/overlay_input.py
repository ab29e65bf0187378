"""Reads the `OverlayInput` of this release from the file named in the environment."""

import json
import os

from . import contract


def read_overlay_input():
    """Returns the OverlayInput as a dict, or None if MIZAN_OVERLAY_FILE is unset."""
    path = os.environ.get(contract.ENV_OVERLAY_FILE)
    if not path:
        return None
    with open(path, encoding="utf-8") as stream:
        overlay_input = json.load(stream)
    if overlay_input.get("version") != 1:
        raise RuntimeError("%s has version %r, expected 1" % (path, overlay_input.get("version")))
    return overlay_input


def app_folder(overlay_input):
    """Absolute folder of the app's copy; the working folder if there is no overlay file."""
    return os.path.realpath(overlay_input["appFolder"] if overlay_input else os.getcwd())
