"""Hooks into Django's handler: the route that was resolved, and whether the view read the session."""

import functools
from contextlib import contextmanager

from asgiref.sync import iscoroutinefunction
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest
from django.template.response import SimpleTemplateResponse

from .exchange import current_exchange

# What AuthenticationMiddleware puts aside once it has asked the session who the user is.
_USERS_OF_SESSION = ("_cached_user", "_acached_user")


def install_view_hooks():
    """On the classes, so that no middleware's place and no request's own handler matters."""
    if isinstance(vars(HttpRequest).get("session"), _WatchedAttribute):
        return
    BaseHandler.resolve_request = _note_route(BaseHandler.resolve_request)
    BaseHandler.make_view_atomic = _mark_view(BaseHandler.make_view_atomic)
    BaseHandler.get_response = _note_answer(BaseHandler.get_response)
    BaseHandler.get_response_async = _note_async_answer(BaseHandler.get_response_async)
    # A TemplateResponse is rendered after its view has returned, but is the view's work.
    SimpleTemplateResponse.render = _in_view(SimpleTemplateResponse.render)
    HttpRequest.session = _WatchedAttribute("session", lambda values: True)
    # A user that a middleware has asked for is remembered; reading it is reading the session.
    HttpRequest.user = _WatchedAttribute("user", _has_user_of_session)
    HttpRequest.auser = _WatchedAttribute("auser", _has_user_of_session)


def _has_user_of_session(values):
    return any(name in values for name in _USERS_OF_SESSION)


class _WatchedAttribute:
    """An attribute of requests as before, but that the exchange learns when a view reads it.

    `is_read(values)` says from the request's attributes whether reading this one reads the session.
    """

    def __init__(self, name, is_read):
        self.name = name
        self.is_read = is_read

    def __get__(self, request, owner=None):
        if request is None:
            return self
        values = request.__dict__
        exchange = current_exchange()
        if exchange.view_depth > 0 and self.is_read(values):
            exchange.session_read = True
        try:
            return values[self.name]
        except KeyError:
            kind = type(request).__name__
            raise AttributeError("%r object has no attribute %r" % (kind, self.name)) from None

    def __set__(self, request, value):
        request.__dict__[self.name] = value

    def __delete__(self, request):
        try:
            del request.__dict__[self.name]
        except KeyError:
            raise AttributeError(self.name) from None


def _note_route(original):
    @functools.wraps(original)
    def resolve_request(self, request):
        match = original(self, request)
        current_exchange().route = request.resolver_match.route
        return match

    return resolve_request


def _note_answer(original):
    @functools.wraps(original)
    def get_response(self, request):
        response = original(self, request)
        current_exchange().complete = not response.streaming
        return response

    return get_response


def _note_async_answer(original):
    @functools.wraps(original)
    async def get_response_async(self, request):
        response = await original(self, request)
        current_exchange().complete = not response.streaming
        return response

    return get_response_async


def _mark_view(original):
    @functools.wraps(original)
    def make_view_atomic(self, view):
        return _in_view(original(self, view))

    return make_view_atomic


def _in_view(function):
    if iscoroutinefunction(function):

        @functools.wraps(function)
        async def call_async(*args, **kwargs):
            with _viewing(current_exchange()):
                return await function(*args, **kwargs)

        return call_async

    @functools.wraps(function)
    def call(*args, **kwargs):
        with _viewing(current_exchange()):
            return function(*args, **kwargs)

    return call


@contextmanager
def _viewing(exchange):
    exchange.view_depth += 1
    try:
        yield
    finally:
        exchange.view_depth -= 1
