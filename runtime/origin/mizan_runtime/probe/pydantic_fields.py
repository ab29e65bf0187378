"""Environment variables of pydantic-settings classes: it reads all variables at once and picks its own."""

import ast
import importlib.util
import os
import sys

from ..app_error import is_app_file, relative


def asked_by_pydantic(folder):
    """AskedVariable dicts of the fields of every `BaseSettings` class of the app."""
    found = []
    for cls in settings_classes():
        # Not `inspect`: a module whose import failed is no longer in sys.modules.
        spec = importlib.util.find_spec(cls.__module__)
        if spec is None or not spec.origin or not is_app_file(spec.origin, folder):
            continue
        lines = _field_lines(spec.origin, cls.__name__)
        for field_name, field in cls.model_fields.items():
            name = variable_name(cls, field_name, field)
            found.append(
                {
                    "name": name,
                    "required": field.is_required(),
                    "present": name.lower() in {key.lower() for key in os.environ},
                    "file": relative(spec.origin, folder),
                    "line": lines.get(field_name),
                }
            )
    return found


def _field_lines(path, class_name):
    with open(path, "rb") as stream:
        tree = ast.parse(stream.read(), path)
    return {
        statement.target.id: statement.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name == class_name
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    }


def variable_name(cls, field_name, field):
    """The variable that fills a field: its alias, or the class's prefix and the field's name."""
    alias = field.validation_alias
    choices = getattr(alias, "choices", None)
    if choices:
        alias = next((choice for choice in choices if isinstance(choice, str)), None)
    name = alias if isinstance(alias, str) else cls.model_config.get("env_prefix", "") + field_name
    return name if cls.model_config.get("case_sensitive") else name.upper()


def settings_classes():
    """Every class of the process that pydantic-settings fills from the environment."""
    module = sys.modules.get("pydantic_settings")
    if module is None:
        return []
    classes = []
    waiting = list(module.BaseSettings.__subclasses__())
    while waiting:
        cls = waiting.pop()
        classes.append(cls)
        waiting.extend(cls.__subclasses__())
    return classes
