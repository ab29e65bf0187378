"""All registered functions, and the contexts that they make up."""

import inspect
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, create_model

from .decorator import ClientOptions, ReactContext

# A set in Python, upstream's: a parameter of one of these names makes a context user-scoped.
USER_PARAMETERS = {"user_id", "user", "owner_id", "account_id"}


@dataclass(frozen=True)
class ClientFunction:
    """A registered function; `parameters` is a Pydantic model of all but the request."""

    name: str
    call: Any
    options: ClientOptions
    parameters: type[BaseModel]
    output: Any

    @property
    def path(self):
        return "view" if self.options.route is not None else "rpc"

    @property
    def is_mutation(self):
        return bool(self.options.affects or self.options.merge)

    @property
    def methods(self):
        if self.options.methods is not None:
            return self.options.methods
        return ("GET",) if self.options.context is not None else ("POST",)


_functions: dict[str, ClientFunction] = {}


def register(function, name):
    """Makes a function that `@client` marked known under a name: a wire name, snake_case."""
    if not hasattr(function, "mizan_options"):
        raise TypeError(f"{function.__qualname__} has no @client")
    known = _functions.get(name)
    if known is not None and known.call is not function:
        raise ValueError(f"{name} is registered twice")
    signature = inspect.signature(function, eval_str=True)
    _functions[name] = ClientFunction(
        name=name,
        call=function,
        options=function.mizan_options,
        parameters=_build_parameters(name, signature),
        output=signature.return_annotation,
    )


def functions():
    """In the order of their registration."""
    return tuple(_functions.values())


def function_named(name):
    return _functions.get(name)


def functions_of(context):
    return tuple(function for function in functions() if function.options.context == context)


def contexts():
    """Names of all contexts, in the order of their first function."""
    names = [f.options.context for f in functions() if f.options.context is not None]
    return tuple(dict.fromkeys(names))


def is_context(name):
    return any(function.options.context == name for function in functions())


def parameters_of(context):
    """Sorted names: the union over the context's functions."""
    return sorted({name for f in functions_of(context) for name in f.parameters.model_fields})


def is_user_scoped(context):
    return not USER_PARAMETERS.isdisjoint(parameters_of(context))


def revision_of(context):
    """The highest `rev` of the context's functions."""
    return max(function.options.rev for function in functions_of(context))


def cache_of(context):
    """The lowest time of the context's functions in seconds; False wins, True is without end."""
    values = [function.options.cache for function in functions_of(context)]
    if any(value is False for value in values):
        return False
    seconds = [value for value in values if value is not True]
    return min(seconds) if seconds else True


def name_of(target):
    """The name that an element of `affects` or `merge` stands for."""
    if isinstance(target, str):
        return target
    if isinstance(target, ReactContext):
        return target.name
    for function in functions():
        if function.call is target:
            return function.name
    raise LookupError(f"{target!r} is named in affects but not registered")


def clear_registry():
    """For tests."""
    _functions.clear()


def _build_parameters(name, signature):
    fields = {}
    for parameter in list(signature.parameters.values())[1:]:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise TypeError(f"{name}: every parameter has a name of its own")
        annotation = Any if parameter.annotation is parameter.empty else parameter.annotation
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (annotation, default)
    return create_model(f"{name}_parameters", __config__=ConfigDict(extra="forbid"), **fields)
