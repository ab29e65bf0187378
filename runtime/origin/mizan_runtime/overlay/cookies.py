"""Rule `cookies`: browsers keep the cookies under this environment's scheme and host names."""

COOKIES = ("SESSION_COOKIE", "CSRF_COOKIE", "LANGUAGE_COOKIE")
PREFIXES = ("__Host-", "__Secure-")


def apply_cookies(draft):
    for cookie in COOKIES:
        _drop_foreign_domain(draft, cookie + "_DOMAIN")
        if draft.is_http():
            _allow_plain_http(draft, cookie)


def _drop_foreign_domain(draft, name):
    domain = draft.get(name)
    if domain and not any(_matches(host, domain) for host in draft.input["hosts"]):
        draft.set(name, None, "browsers refuse a cookie for %s from this environment" % domain)


def _matches(host, domain):
    domain = domain.lstrip(".")
    return host == domain or host.endswith("." + domain)


def _allow_plain_http(draft, cookie):
    if draft.get(cookie + "_SECURE"):
        reason = "browsers do not send secure cookies over plain HTTP, so a login would not last"
        draft.set(cookie + "_SECURE", False, reason)
    same_site = draft.get(cookie + "_SAMESITE")  # Python's None: the attribute is not sent
    if isinstance(same_site, str) and same_site.lower() == "none":
        reason = "browsers refuse SameSite=None without Secure"
        draft.set(cookie + "_SAMESITE", "Lax", reason)
    name = draft.get(cookie + "_NAME") or ""
    for prefix in PREFIXES:
        if name.startswith(prefix):
            reason = "browsers refuse the prefix %s over plain HTTP" % prefix
            draft.set(cookie + "_NAME", name[len(prefix) :], reason)
