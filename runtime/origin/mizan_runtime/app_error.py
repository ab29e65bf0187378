"""Turns an exception of the app's own code into an AppError: what, where, and the lines that prove it."""

import os
import traceback

from . import redact

OWN_FOLDER = os.path.dirname(os.path.realpath(__file__))
DEPENDENCY_FOLDERS = ("site-packages", "dist-packages", ".venv", "node_modules")


def build_app_error(error, folder, message=None):
    """Returns an AppError dict; `folder` is the app folder, `message` replaces the exception's own text."""
    text = message if message is not None else str(error)
    return {
        "type": type(error).__name__,
        "message": redact.redact(text.strip() or repr(error)),
        "location": error_location(error, folder),
        "traceback": redact.redact(_traceback_text(error)),
    }


def error_location(error, folder):
    """`file:line` of the innermost frame inside `folder`, relative to it, or None."""
    if isinstance(error, SyntaxError) and error.filename and is_app_file(error.filename, folder):
        return "%s:%s" % (relative(error.filename, folder), error.lineno)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if is_app_file(frame.filename, folder):
            return "%s:%s" % (relative(frame.filename, folder), frame.lineno)
    # An error that was wrapped: the app's own line is where the cause was raised.
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return error_location(cause, folder) if cause is not None else None


def is_app_file(path, folder):
    """Whether `path` is the app's own source: inside `folder`, not ours, not a dependency's."""
    if path.startswith("<"):
        return False
    real = os.path.realpath(path)
    if not real.startswith(os.path.realpath(folder) + os.sep) or real.startswith(OWN_FOLDER):
        return False
    parts = os.path.relpath(real, os.path.realpath(folder)).split(os.sep)
    return not any(part in DEPENDENCY_FOLDERS for part in parts)


def relative(path, folder):
    """`path` relative to `folder`, with forward slashes."""
    return os.path.relpath(os.path.realpath(path), os.path.realpath(folder)).replace(os.sep, "/")


def _traceback_text(error):
    # Frames of this package and of the import machinery say nothing about the app.
    report = traceback.TracebackException.from_exception(error)
    part = report
    while part is not None:
        frames = [frame for frame in part.stack if not _is_noise(frame.filename)]
        part.stack = traceback.StackSummary.from_list(frames)
        part = part.__cause__ or part.__context__
    return "".join(report.format()).rstrip()


def _is_noise(path):
    return path.startswith("<frozen importlib") or os.path.realpath(path).startswith(OWN_FOLDER)
