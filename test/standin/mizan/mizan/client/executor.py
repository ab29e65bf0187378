"""Runs registered functions: arguments in, JSON values out, the origin's cache in between."""

from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from .. import cache
from ..errors import NotFound, ValidationFailed
from .authentication import enforce_guard
from .invalidation import build_merges, build_targets
from .registry import functions_of, parameters_of, revision_of


def fetch_context(request, context, query):
    """The bundle of a context: function name -> result. `query` is name -> text.

    Names that the context does not know are passed over; the functions with a route of their own
    answer there and are no part of the bundle.
    """
    for function in functions_of(context):
        enforce_guard(function, request)
    params = {name: query[name] for name in parameters_of(context) if name in query}
    scope = {"user_id": user_key(request), "rev": revision_of(context)}
    bundle = cache.get_bundle(context, params, **scope)
    if bundle is None:
        bundle = {
            function.name: run_function(function, request, params)[1]
            for function in functions_of(context)
            if function.path == "rpc"
        }
        cache.put_bundle(context, params, bundle, **scope)
    return bundle


def run_call(request, function, arguments):
    """The answer to a call, as JSON values: `result`, and `invalidate` and `merge` if there are any."""
    enforce_guard(function, request)
    validated, result = run_function(function, request, arguments, strict=True)
    targets = build_targets(function, validated)
    merges = build_merges(function, validated, result)
    cache.purge([*targets, *merges], user_id=user_key(request))
    answer = {"result": result}
    if targets:
        answer["invalidate"] = targets
    if merges:
        answer["merge"] = merges
    return answer


def run_view(request, function, arguments):
    """The response of a function with a route, and the targets that it invalidates."""
    enforce_guard(function, request)
    try:
        parameters = parse_arguments(function, arguments)
    except ValidationFailed as error:
        # The arguments are the path: this one leads nowhere.
        raise NotFound("There is nothing here.") from error
    response = function.call(request, **_as_keywords(parameters))
    if response.status_code >= 400:
        return response, []
    targets = build_targets(function, parameters.model_dump(mode="json"))
    cache.purge(targets, user_id=user_key(request))
    return response, targets


def run_function(function, request, arguments, strict=False):
    """Arguments as JSON values after validation, and the result as a JSON value.

    strict: names that the function does not have are an error.
    """
    if not strict:
        known = function.parameters.model_fields
        arguments = {name: value for name, value in arguments.items() if name in known}
    parameters = parse_arguments(function, arguments)
    result = function.call(request, **_as_keywords(parameters))
    return parameters.model_dump(mode="json"), to_jsonable_python(result)


def parse_arguments(function, arguments):
    try:
        return function.parameters.model_validate(arguments)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        raise ValidationFailed("The arguments are not valid.", details) from error


def user_key(request):
    """The user as caches are keyed by it: a text, or None for nobody."""
    return str(request.user.pk) if request.user.is_authenticated else None


def _as_keywords(parameters):
    # Not model_dump: a parameter that is a model stays one.
    return {name: getattr(parameters, name) for name in type(parameters).model_fields}
