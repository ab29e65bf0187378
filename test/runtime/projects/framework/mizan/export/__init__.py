import json
import os


def generate_edge_manifest(base_url="/api/mizan", view_urls=None):
    context = {
        "functions": [{"name": "read_notes", "path": "rpc"}],
        "endpoints": ["%s/ctx/notes/" % base_url],
        "params": [],
        "user_scoped": False,
        "render_strategy": "psr",
        "page_routes": list((view_urls or {}).get("notes", [])),
    }
    return {"version": 1, "contexts": {"notes": context}, "mutations": {}}


def print_manifest(write):
    if os.environ.get("MANIFEST_FAILS"):
        raise ValueError("no manifest today")
    print('{"level": "info", "text": "a log line on stdout"}')
    write(json.dumps(generate_edge_manifest(view_urls={"notes": ["/notes/"]}), indent=2))
    print("done {really}")
