"""A description of all functions in KDL, for generators of client code. Its form is ours."""

import json

from pydantic import TypeAdapter
from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError

from ..client.registry import functions, name_of


def generate_mizan_ir():
    """One node per function, sorted by name: kind, parameters and output as JSON schemas."""
    lines = ["// Mizan IR, written by a test stand-in"]
    for function in sorted(functions(), key=lambda item: item.name):
        lines += _describe(function)
    return "\n".join(lines) + "\n"


def _describe(function):
    options = function.options
    head = f"function {_text(function.name)} path={_text(function.path)}"
    if options.context is not None:
        head += f" context={_text(options.context)}"
    yield head + " {"
    for target in options.affects:
        yield f"    affects {_text(name_of(target))}"
    for target in options.merge:
        yield f"    merge {_text(name_of(target))}"
    if options.route is not None:
        yield f"    route {_text(options.route)}"
    yield f"    parameters {_schema(function.parameters)}"
    if function.path == "rpc":
        yield f"    output {_schema(function.output)}"
    yield "}"


def _schema(annotation):
    try:
        schema = TypeAdapter(annotation).json_schema()
    except (PydanticSchemaGenerationError, PydanticUserError):
        schema = {}  # an annotation that Pydantic does not know: anything
    return _text(json.dumps(schema, sort_keys=True))


def _text(value):
    return json.dumps(value, ensure_ascii=False)
