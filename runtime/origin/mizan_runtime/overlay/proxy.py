"""Rule `proxy`: Django knows the scheme that the browser used, and asks for no HTTPS where there is none."""

HTTPS_ONLY = (("SECURE_SSL_REDIRECT", False), ("SECURE_HSTS_SECONDS", 0))


def apply_proxy(draft):
    if not draft.get("SECURE_PROXY_SSL_HEADER"):
        # Safe because the Edge replaces whatever X-Forwarded-Proto a client sends.
        draft.set(
            "SECURE_PROXY_SSL_HEADER",
            ("HTTP_X_FORWARDED_PROTO", "https"),
            "the Edge says in X-Forwarded-Proto which scheme the browser used",
        )
    if draft.is_http():
        for name, value in HTTPS_ONLY:
            if draft.get(name):
                draft.set(name, value, "this environment is served over plain HTTP")
