"""Finds where the app's URLconf includes the endpoints of the Mizan framework."""

from ..edge.route import to_manifest_route

ENDPOINTS = "mizan.urls"


def find_base_urls():
    """Sorted prefixes such as `/api/mizan/`, one for each `include("mizan.urls")`."""
    from django.urls import get_resolver

    return sorted({to_manifest_route(route) for route in _find_below(get_resolver(), "")})


def _find_below(resolver, prefix):
    for pattern in resolver.url_patterns:
        if not hasattr(pattern, "url_patterns"):
            continue
        route = prefix + str(pattern.pattern)
        # A string where it was included by name and has not been imported yet.
        module = pattern.urlconf_name
        if getattr(module, "__name__", module) == ENDPOINTS:
            yield route
        else:
            yield from _find_below(pattern, route)
