"""Which contexts the app's registry marks as login-only; the manifest does not say it (reference/protocol.md 1.3)."""


def find_guarded_contexts():
    """Sorted names of contexts of which a function has `auth=`; None where the registry cannot be read."""
    try:
        from mizan.client.registry import functions

        pairs = [(f.options.context, f.options.auth) for f in functions()]
    except (ImportError, AttributeError, TypeError):
        # The registry is the package's own affair: another version may keep it otherwise.
        return None
    return sorted({context for context, auth in pairs if context is not None and auth})
