"""Imports the user's own settings, as a module or as a django-configurations class."""

import ast
import importlib
import importlib.util
import os

from . import contract

CONFIGURATION = "DJANGO_CONFIGURATION"
# wsgi.py and asgi.py say what production uses, manage.py what a developer uses.
ENTRY_FILES = ("wsgi.py", "asgi.py", "manage.py")


def user_settings_name():
    """Dotted name of the user's settings module.

    Raises RuntimeError if MIZAN_SETTINGS_MODULE is unset.
    """
    name = os.environ.get(contract.ENV_SETTINGS_MODULE)
    if not name:
        raise RuntimeError("%s is not set" % contract.ENV_SETTINGS_MODULE)
    return name


def import_user_settings():
    """Imports and returns the user's settings module; class-based ones have been set up."""
    name = user_settings_name()
    os.environ["DJANGO_SETTINGS_MODULE"] = name
    install_configurations(name)
    return importlib.import_module(name)


def install_configurations(settings_name):
    """Lets django-configurations import `settings_name` if the app uses it, the way its own wsgi.py would."""
    configuration = os.environ.get(CONFIGURATION) or find_configuration(settings_name)
    if not configuration or importlib.util.find_spec("configurations") is None:
        return
    os.environ[CONFIGURATION] = configuration
    from configurations import importer

    importer.install()


def find_configuration(settings_name):
    """Returns the class name that wsgi.py, asgi.py or manage.py sets as DJANGO_CONFIGURATION, or None."""
    spec = importlib.util.find_spec(settings_name.split(".")[0])
    # Not always below the current folder: a project may keep its package in src/.
    packages = list(spec.submodule_search_locations or []) if spec else []
    for file in ENTRY_FILES:
        for folder in [*packages, os.getcwd()]:
            path = os.path.join(folder, file)
            if os.path.isfile(path):
                found = _assigned_environment(path, CONFIGURATION)
                if found:
                    return found
    return None


def _assigned_environment(path, name):
    with open(path, "rb") as stream:
        tree = ast.parse(stream.read(), path)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_setdefault(node.func):
            pair = [_text(argument) for argument in node.args]
            if len(pair) == 2 and pair[0] == name:
                return pair[1]
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            index = node.targets[0].slice
            # Python 3.8 wraps the subscript in ast.Index.
            if name in (_text(index), _text(getattr(index, "value", None))):
                return _text(node.value)
    return None


def _is_setdefault(function):
    return isinstance(function, ast.Attribute) and function.attr == "setdefault"


def _text(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
