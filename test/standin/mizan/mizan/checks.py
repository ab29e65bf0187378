"""Warns of names in `affects` and `merge` that nothing declares: such a mutation purges nothing."""

from django.core import checks

from .client.registry import function_named, functions, is_context, name_of


@checks.register("mizan")
def check_targets(app_configs, **kwargs):
    unknown = [
        (function.name, name)
        for function in functions()
        for name in map(name_of, (*function.options.affects, *function.options.merge))
        if not is_context(name) and function_named(name) is None
    ]
    return [
        checks.Warning(
            f"{function} affects {target!r}, which is neither a context nor a function.",
            id="mizan.W001",
        )
        for function, target in unknown
    ]
