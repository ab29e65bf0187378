"""Which variables an exception may complain about."""

import re

# Exceptions that say that a value was None, or that the app itself gave up.
INDIRECT = ("TypeError", "AttributeError", "ValueError", "SystemExit", "ImproperlyConfigured")


def named_variables(error, absent):
    """Names among `absent` that the exception, or what caused it, names."""
    found = []
    while error is not None:
        if isinstance(error, KeyError) and error.args and error.args[0] in absent:
            found.append(error.args[0])
        found += _pydantic_names(error)
        words = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", str(error)))
        found += [name for name in absent if name in words]
        error = error.__cause__ or error.__context__
    return _unique(found)


def suspected_variables(error, absent):
    """The names asked for last, where the exception may come from a missing value without naming it."""
    if type(error).__name__ not in INDIRECT:
        return []
    return list(reversed(absent[-3:]))


def _pydantic_names(error):
    """Fields of pydantic-settings' ValidationError whose value is missing."""
    if type(error).__name__ != "ValidationError" or not hasattr(error, "errors"):
        return []
    from .pydantic_fields import settings_classes, variable_name

    names = []
    for cls in settings_classes():
        if cls.__name__ != getattr(error, "title", None):
            continue
        by_field = {key: variable_name(cls, key, field) for key, field in cls.model_fields.items()}
        for problem in error.errors():
            if problem.get("type") == "missing" and problem.get("loc"):
                key = str(problem["loc"][0])
                names.append(by_field.get(key, key if key in by_field.values() else key.upper()))
    return names


def _unique(names):
    return list(dict.fromkeys(names))
