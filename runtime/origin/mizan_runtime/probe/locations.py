"""Where each setting is assigned, read from the source of the settings modules."""

import ast
import importlib.util

from ..app_error import is_app_file, relative


def setting_locations(module_name, folder):
    """`{"DATABASES": "config/settings.py:41"}`: the last assignment wins, `from .base import *` is followed."""
    locations = {}
    _read_module(module_name, folder, locations, set())
    return locations


def _read_module(name, folder, locations, seen):
    spec = None if name in seen else importlib.util.find_spec(name)
    seen.add(name)
    if spec is None or not spec.origin or not is_app_file(spec.origin, folder):
        return
    with open(spec.origin, "rb") as stream:
        tree = ast.parse(stream.read(), spec.origin)
    file = relative(spec.origin, folder)
    package = name if spec.submodule_search_locations else name.rpartition(".")[0]
    _read_statements(tree.body, file, package, folder, locations, seen)


def _read_statements(statements, file, package, folder, locations, seen):
    for node in statements:
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            _read_module(_absolute(node, package), folder, locations, seen)
        for name in _assigned_names(node):
            if name.isupper():
                locations[name] = "%s:%d" % (file, node.lineno)
        # `if`, `try`, `with`, and the body of a settings class.
        for field in ("body", "orelse", "handlers", "finalbody"):
            inner = getattr(node, field, None)
            if isinstance(inner, list) and not isinstance(node, (ast.FunctionDef, ast.Lambda)):
                _read_statements(inner, file, package, folder, locations, seen)


def _absolute(node, package):
    if not node.level:
        return node.module
    return importlib.util.resolve_name("." * node.level + (node.module or ""), package)


def _assigned_names(node):
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        targets = [node.target]
    else:
        return []
    names = []
    for target in targets:
        elements = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
        for element in elements:
            if isinstance(element, ast.Name):
                names.append(element.id)
    return names
