"""Verb `collectstatic`: puts the release's static files into STATIC_ROOT."""

import io
import os
import re
import sys

import django

from .activate import activate_settings
from .app_error import build_app_error, relative
from .overlay_input import app_folder, read_overlay_input
from .result import take_result_fd, write_result

FAILED_FILE = re.compile(r"Post-processing '(.+?)' failed")
MISSING_FILE = re.compile(r"The file '(.+?)' could not be found")


def run(_arguments):
    fd = take_result_fd()
    folder = app_folder(read_overlay_input())
    result = {"version": 1, "files": 0, "error": None}
    errors = io.StringIO()
    try:
        activate_settings()
        django.setup()
        result["files"] = _collect(errors)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - reported with its traceback
        result["error"] = _static_error(error, errors.getvalue(), folder)
    sys.stderr.write(errors.getvalue())
    write_result(fd, result)
    return 1 if result["error"] else 0


def _collect(errors):
    from django.conf import settings
    from django.core.management import call_command

    if "django.contrib.staticfiles" not in settings.INSTALLED_APPS:
        return 0
    call_command("collectstatic", interactive=False, verbosity=1, stderr=errors)
    return _count_files(settings.STATIC_ROOT) if settings.STATIC_ROOT else 0


def _count_files(folder):
    return sum(len(files) for _, _, files in os.walk(folder))


def _static_error(error, output, folder):
    """An AppError that names the file with the broken reference, and the line that has it."""
    report = build_app_error(error, folder)
    failed, missing = FAILED_FILE.search(output), MISSING_FILE.search(str(error))
    if failed and missing:
        text = "%s refers to %s, which does not exist"
        report["message"] = text % (failed.group(1), missing.group(1))
        report["location"] = _reference_location(failed.group(1), missing.group(1), folder)
    return report


def _reference_location(name, missing, folder):
    from django.contrib.staticfiles import finders

    path = finders.find(name)
    if not path:
        return None
    with open(path, encoding="utf-8", errors="replace") as stream:
        for number, line in enumerate(stream, 1):
            if os.path.basename(missing) in line:
                return "%s:%d" % (relative(path, folder), number)
    return relative(path, folder)
