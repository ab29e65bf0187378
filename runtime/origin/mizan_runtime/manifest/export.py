"""Runs `export_edge_manifest` and reads the JSON out of what it prints (reference/protocol.md 1.1)."""

import contextlib
import io
import json

from ..probe.mizan_urls import find_base_urls

COMMAND = "export_edge_manifest"


class ManifestUnreadable(Exception):
    """The command printed no JSON object."""


def export_manifest():
    """Returns the manifest as a dict, its endpoints where the app's URLconf has them."""
    manifest = parse_printed(_run_command())
    bases = find_base_urls()
    if not bases or _lies_below(manifest, bases):
        return manifest
    # The command knows no other prefix than the usual one.
    from mizan.export import generate_edge_manifest

    moved = generate_edge_manifest(base_url=bases[0].rstrip("/"))
    moved = json.loads(json.dumps(moved, default=str))
    for name, context in moved["contexts"].items():
        # The app's own command may have been given pages that the function does not know.
        pages = manifest["contexts"].get(name, {}).get("page_routes", [])
        own = context.get("page_routes", [])
        context["page_routes"] = own + [page for page in pages if page not in own]
    return moved


def parse_printed(text):
    """The outermost `{…}` of `text`, which may have lines of a log before and after it.

    Raises ManifestUnreadable.
    """
    decoder = json.JSONDecoder()
    best = None
    position = text.find("{")
    while position >= 0:
        try:
            value, end = decoder.raw_decode(text, position)
        except ValueError:
            position = text.find("{", position + 1)
            continue
        # A log line may be JSON, too.
        if best is None or "contexts" in value:
            best = value
        position = text.find("{", end)
    if best is None:
        raise ManifestUnreadable("%s printed no JSON object, but: %r" % (COMMAND, text[:300]))
    return best


def _run_command():
    from django.core.management import call_command

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        call_command(COMMAND, stdout=printed, no_color=True)
    return printed.getvalue()


def _lies_below(manifest, bases):
    contexts = manifest.get("contexts")
    if not isinstance(contexts, dict):
        return True
    endpoints = [
        endpoint
        for context in contexts.values()
        if isinstance(context, dict)
        for endpoint in context.get("endpoints") or ()
    ]
    return all(any(str(endpoint).startswith(base) for base in bases) for endpoint in endpoints)
