"""Rule `debug`: DEBUG pages show source code, settings and queries to whoever makes a request fail."""


def apply_debug(draft):
    if draft.get("DEBUG"):
        draft.set("DEBUG", False, "DEBUG shows source code and settings to visitors")
