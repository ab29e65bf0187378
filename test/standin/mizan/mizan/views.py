"""The three endpoints of the protocol, and the view of a function's own route."""

import json
import logging
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.db import connections
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt

from .client.authentication import authenticate, enforce_csrf
from .client.executor import fetch_context, run_call, run_view
from .client.invalidation import format_invalidate_header
from .client.registry import function_named, is_context
from .errors import (
    BadRequest,
    Forbidden,
    InternalError,
    MethodNotAllowed,
    MizanError,
    NotFound,
)

logger = logging.getLogger("mizan")


def speaks_mizan(*methods):
    """A view that knows who asks, fails in the protocol's envelope, and is never stored by anyone.

    It is exempt from Django's CSRF middleware because a token stands in for the check; the view
    makes the check itself.
    """

    def decorate(view):
        @csrf_exempt
        @wraps(view)
        def answer(request, **captured):
            try:
                if request.method not in methods:
                    raise MethodNotAllowed(f"Use {' or '.join(methods)}.")
                authenticate(request)
                response = view(request, **captured)
            except Exception as error:
                _undo_transactions()
                failure = _as_mizan_error(error)
                response = answer_json(failure.envelope(), failure.status)
            patch_cache_control(response, no_store=True)
            return response

        return answer

    return decorate


def answer_json(body, status=200):
    """Sorted keys: equal data is equal bytes."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return HttpResponse(text, status=status, content_type="application/json")


@speaks_mizan("GET", "HEAD")
def context_view(request, name):
    if not is_context(name):
        raise NotFound(f"There is no context {name!r}.")
    return answer_json(fetch_context(request, name, request.GET.dict()))


@speaks_mizan("POST")
def call_view(request):
    enforce_csrf(request)
    name, arguments = _read_call(request)
    function = function_named(name)
    if function is None:
        raise NotFound(f"There is no function {name!r}.")
    if function.options.private:
        raise Forbidden("This function is private.")
    if function.path == "view":
        raise BadRequest("This function answers on its own route.")
    answer = run_call(request, function, arguments)
    return mark_invalidated(answer_json(answer), answer.get("invalidate", []))


@speaks_mizan("GET", "HEAD")
def session_view(request):
    """Makes Django set its CSRF cookie."""
    return answer_json({"csrf_token": get_token(request)})


def build_route_view(function):
    methods = function.methods
    if "GET" in methods:
        methods = (*methods, "HEAD")

    @speaks_mizan(*methods)
    def route_view(request, **captured):
        # A private function is called by machines, which have no CSRF token.
        if not function.options.private:
            enforce_csrf(request)
        response, targets = run_view(request, function, captured)
        return mark_invalidated(response, targets)

    return route_view


def mark_invalidated(response, targets):
    if targets:
        response["X-Mizan-Invalidate"] = format_invalidate_header(targets)
    return response


def _undo_transactions():
    """With ATOMIC_REQUESTS Django commits whatever a view answers, and we answer failures too."""
    for connection in connections.all(initialized_only=True):
        if connection.settings_dict["ATOMIC_REQUESTS"] and connection.in_atomic_block:
            connection.set_rollback(True)


def _read_call(request):
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise BadRequest("The body is not JSON.") from error
    if not isinstance(body, dict) or not isinstance(body.get("fn"), str):
        raise BadRequest('The body is not {"fn": "<name>", "args": {…}}.')
    arguments = body.get("args", {})
    if not isinstance(arguments, dict):
        raise BadRequest("args is not an object.")
    return body["fn"], arguments


def _as_mizan_error(error):
    if isinstance(error, MizanError):
        return error
    if isinstance(error, Http404):
        return NotFound("There is nothing here.")
    if isinstance(error, PermissionDenied):
        return Forbidden("You may not do this.")
    logger.error("A function failed", exc_info=error)
    return InternalError("Something went wrong on the server.")
