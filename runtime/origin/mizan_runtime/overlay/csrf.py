"""Rule `csrf`: forms sent from the environment's own origins are trusted."""

from urllib.parse import urlsplit


def apply_csrf(draft):
    trusted = list(draft.get("CSRF_TRUSTED_ORIGINS") or ())
    missing = [
        origin
        for origin in draft.input["origins"]
        if not any(_covers(pattern, origin) for pattern in trusted)
    ]
    if missing:
        reason = "added %s, which this environment is reached by" % ", ".join(missing)
        draft.set("CSRF_TRUSTED_ORIGINS", trusted + missing, reason)


def _covers(pattern, origin):
    """Whether a trusted origin such as `https://*.example.com` includes `origin`."""
    if "*" not in pattern:
        return pattern == origin
    wanted, given = urlsplit(pattern), urlsplit(origin)
    return wanted.scheme == given.scheme and given.netloc.endswith(wanted.netloc.lstrip("*"))
