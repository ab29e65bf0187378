"""The functions with a route of their own: `path("", include("mizan.routes"))`.

How upstream mounts them is not known; this include is ours. Routes start at the site's root.
"""

import re

from django.urls import path

from .client.registry import functions
from .views import build_route_view


def convert_route(route):
    """`/profile/:user_id/` as Django writes it: `profile/<str:user_id>/`."""
    return re.sub(r":(\w+)(?=/|$)", r"<str:\1>", route.removeprefix("/"))


urlpatterns = [
    path(convert_route(function.options.route), build_route_view(function), name=function.name)
    for function in functions()
    if function.options.route is not None
]
