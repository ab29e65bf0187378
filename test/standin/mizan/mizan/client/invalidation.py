"""What a mutation's answer says about contexts: `invalidate`, `merge`, and the header."""

from urllib.parse import quote

from mizan_core.cache.keys import normalize_value
from pydantic_core import to_jsonable_python

from .registry import function_named, functions_of, is_context, name_of, parameters_of


def build_targets(function, arguments):
    """The `invalidate` list of a call: a name alone is broad, an object is scoped.

    `arguments` is name -> JSON value. Tier 1 of the scoping: an argument with the name of a
    parameter of the context scopes the target. (Tier 2, from the user, is not the backend's.)
    Tier 3: the name alone.
    """
    targets = []
    for name in map(name_of, function.options.affects):
        target = _build_target(name, arguments)
        if target is not None and target not in targets:
            targets.append(target)
    return targets


def build_merges(function, arguments, result):
    """The `merge` list of a call: the result goes into the slot that returns the same type."""
    merges = []
    for context in map(name_of, function.options.merge):
        slots = [slot for slot in functions_of(context) if slot.output == function.output]
        if len(slots) != 1:
            raise LookupError(
                f"{function.name}: {len(slots)} functions of {context!r} return its type, not one"
            )
        merge = {"context": context, "slot": slots[0].name, "value": result}
        scope = _scope(parameters_of(context), arguments)
        merges.append({**merge, "params": scope} if scope else merge)
    return merges


def format_invalidate_header(targets):
    """`user;user_id=5, notifications`, with percent-encoded values; empty for no target."""
    return ", ".join(_format_target(target) for target in targets)


def _build_target(name, arguments):
    if is_context(name):
        scope = _scope(parameters_of(name), arguments)
        return {"context": name, "params": scope} if scope else name
    function = function_named(name)
    if function is None:
        # Named by the developer, declared by nobody: it stays in the answer, broad.
        return name
    if function.options.context is None:
        return None
    scope = _scope(parameters_of(function.options.context), arguments)
    return {"function": name, "params": scope} if scope else name


def _scope(parameters, arguments):
    # None says nothing about which entry changed: without it the target is wider.
    return {name: arguments[name] for name in parameters if arguments.get(name) is not None}


def _format_target(target):
    if isinstance(target, str):
        return target
    name = target.get("context") or target["function"]
    pairs = [f";{key}={_encode(value)}" for key, value in sorted(target["params"].items())]
    return name + "".join(pairs)


def _encode(value):
    return quote(normalize_value(to_jsonable_python(value)), safe="")
