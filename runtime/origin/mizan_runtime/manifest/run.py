"""Verb `manifest`: what the Edge may cache, by the app's own command; and what the package here agrees on."""

import django

from ..activate import activate_settings
from ..app_error import build_app_error
from ..overlay_input import app_folder, read_overlay_input
from ..result import send_stdout_to_stderr, take_result_fd, write_result
from .agreement import find_disagreements
from .export import export_manifest
from .guards import find_guarded_contexts


def run(_arguments):
    fd = take_result_fd()
    send_stdout_to_stderr()
    folder = app_folder(read_overlay_input())
    result = {"version": 1, "manifest": None, "guarded": None, "disagreements": [], "error": None}
    try:
        activate_settings()
        django.setup()
        result["manifest"] = export_manifest()
        result["guarded"] = find_guarded_contexts()
        result["disagreements"] = find_disagreements()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - reported with its traceback
        result["error"] = build_app_error(error, folder)
    write_result(fd, result)
    return 1 if result["error"] else 0
