"""Tells apart a 404 because no URL pattern fits from one that a view raised."""

# Key in the WSGI environ or ASGI scope of a one-item list: middleware may copy the environ, the list is shared.
MARK = "mizan_runtime.unresolved"


def install_unresolved_mark():
    """Lets Django's handler mark a request whose path its URLconf does not resolve.

    Inside Django, since only there the request's own URLconf and language are active.
    """
    from django.core.handlers.base import BaseHandler
    from django.urls import Resolver404

    resolve = BaseHandler.resolve_request
    if getattr(resolve, "marks_unresolved", False):
        return

    def resolve_request(self, request):
        try:
            return resolve(self, request)
        except Resolver404:
            carrier = getattr(request, "scope", None) or request.META
            if MARK in carrier:
                carrier[MARK][0] = True
            raise

    resolve_request.marks_unresolved = True
    BaseHandler.resolve_request = resolve_request
