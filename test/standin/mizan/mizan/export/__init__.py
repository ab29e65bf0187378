"""The Edge manifest, derived from the registered functions alone: reference/protocol.md, section 1."""

import json
import re

from ..client.registry import (
    cache_of,
    contexts,
    functions,
    functions_of,
    is_user_scoped,
    name_of,
    parameters_of,
    revision_of,
)
from ..client.invalidation import build_targets

__all__ = ["generate_edge_manifest", "generate_edge_manifest_json"]


def generate_edge_manifest(base_url="/api/mizan", view_urls=None):
    """`view_urls` is context name -> page patterns that the Edge must purge too."""
    pages = view_urls or {}
    return {
        "version": 1,
        "contexts": {
            name: _describe_context(name, base_url.rstrip("/"), pages.get(name, ()))
            for name in contexts()
        },
        "mutations": {
            function.name: _describe_mutation(function)
            for function in functions()
            if function.is_mutation
        },
    }


def generate_edge_manifest_json(base_url="/api/mizan", view_urls=None):
    return json.dumps(generate_edge_manifest(base_url, view_urls), sort_keys=True, indent=2)


def _describe_context(name, base_url, pages):
    members = functions_of(name)
    user_scoped = is_user_scoped(name)
    own_routes = [_as_pattern(f.options.route) for f in members if f.path == "view"]
    described = {
        "functions": [_describe_function(function) for function in members],
        "endpoints": [f"{base_url}/ctx/{name}/"],
        "params": parameters_of(name),
        "user_scoped": user_scoped,
        "render_strategy": "dynamic_cached" if user_scoped else "psr",
        "page_routes": list(dict.fromkeys([*own_routes, *pages])),
    }
    # Left out while they say nothing: in the example of the page they are not there.
    if revision_of(name) != 0:
        described["rev"] = revision_of(name)
    if cache_of(name) is not True:
        described["cache"] = cache_of(name)
    return described


def _describe_function(function):
    described = {"name": function.name, "path": function.path}
    if function.path == "view":
        described["route"] = _as_pattern(function.options.route)
        described["methods"] = list(function.methods)
    return described


def _describe_mutation(function):
    arguments = {name: name for name in function.parameters.model_fields}
    scoped = [target for target in build_targets(function, arguments) if isinstance(target, dict)]
    described = {
        "affects": [name_of(target) for target in function.options.affects],
        "auto_scoped_params": sorted({name for target in scoped for name in target["params"]}),
        "private": function.options.private,
    }
    if function.options.route is not None:
        described["route"] = _as_pattern(function.options.route)
    if function.options.methods is not None:
        described["methods"] = list(function.options.methods)
    return described


def _as_pattern(route):
    """`<int:user_id>` and `<user_id>` as the manifest writes them: `:user_id`."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r":\1", route)
