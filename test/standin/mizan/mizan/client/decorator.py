"""The decorator that says what a function is for: read in a context, or a mutation that affects some."""

import inspect
from dataclasses import dataclass

from django.http.response import HttpResponseBase


@dataclass(frozen=True)
class ReactContext:
    """A context's name as a value, to be shared between the functions that use it."""

    name: str


@dataclass(frozen=True)
class ClientOptions:
    """What `@client` was given, with single values of `affects` and `merge` as tuples."""

    context: str | None
    affects: tuple
    merge: tuple
    auth: object
    private: bool
    route: str | None
    methods: tuple | None
    rev: int
    cache: int | bool


def client(
    function=None,
    *,
    context=None,
    affects=(),
    merge=(),
    auth=None,
    private=False,
    route=None,
    methods=None,
    rev=0,
    cache=True,
):
    """Marks a function for `register`; it stays callable as it is.

    context: name or ReactContext; `"global"` is fetched once by the frontend.
    affects: a context, a function or its name, or several of them.
    merge: a context that the result is spliced into, or several of them.
    auth: True, "staff", "superuser", or a callable that takes the request and returns a bool.
    route: `/profile/:user_id/` or `/profile/<int:user_id>/`, for a function that returns an
    HttpResponse. methods: of that route; GET in a context, else POST.
    cache: True until it is invalidated, seconds, or False for never.
    """
    options = ClientOptions(
        context=context.name if isinstance(context, ReactContext) else context,
        affects=_as_tuple(affects),
        merge=_as_tuple(merge),
        auth=auth,
        private=private,
        route=route,
        methods=None if methods is None else tuple(method.upper() for method in methods),
        rev=rev,
        cache=cache,
    )

    def mark(marked):
        _refuse_contradictions(marked, options)
        marked.mizan_options = options
        return marked

    return mark if function is None else mark(function)


def returns_response(function):
    """Whether the function answers with a framework response, by its annotation."""
    annotation = inspect.get_annotations(function, eval_str=True).get("return")
    return isinstance(annotation, type) and issubclass(annotation, HttpResponseBase)


def _as_tuple(value):
    return tuple(value) if isinstance(value, (list, tuple, set)) else (value,)


def _refuse_contradictions(function, options):
    name = function.__qualname__
    if inspect.iscoroutinefunction(function):
        raise TypeError(f"{name}: the stand-in runs plain functions only")
    if options.context is not None and (options.affects or options.merge):
        raise TypeError(f"{name}: a function of a context changes nothing: no affects, no merge")
    if options.methods is not None and options.route is None:
        raise TypeError(f"{name}: methods belong to a route")
    if options.auth not in (None, False, True, "staff", "superuser") and not callable(options.auth):
        raise TypeError(f'{name}: auth is True, "staff", "superuser" or a callable')
    if (options.route is not None) != returns_response(function):
        raise TypeError(f"{name}: a route and a return annotation of HttpResponse come together")
