"""What the app uses of the Mizan framework: package, prefix, names of secrets, cookies. Never a value."""

import re
from importlib import metadata

from ..overlay.mizan_secrets import has_mizan
from ..overlay.secret_key import secret_key_state
from .language_facts import language_facts
from .mizan_urls import find_base_urls

MANIFEST_COMMAND = "export_edge_manifest"
# The ring's name, and the setting that holds its key (reference/protocol.md 7.2).
NAMED_SETTINGS = (("mwt", "MIZAN_MWT_SECRET"), ("cache", "MIZAN_CACHE_SECRET"))
# Upstream's names of JWT settings are not known: text of these names is a key.
JWT_SETTING = re.compile(r"JWT")
JWT_KEY = re.compile(r"SECRET|SIGNING_KEY|(^|_)KEY$")
# Half of a pair of keys: nothing that can be made up.
KEY_PAIR = re.compile(r"PRIVATE|PUBLIC|VERIFYING")
JWT_COOKIE = re.compile(r"JWT.*COOKIE|COOKIE.*JWT|AUTH_COOKIE")
# Where SIMPLE_JWT names no key, rest_framework_simplejwt signs with SECRET_KEY.
SIMPLE_JWT = "SIMPLE_JWT"


def mizan_facts(original, settings, has_urls):
    """The `mizan` fact of the user's own settings `original`, or None; `settings` are Django's."""
    if not has_mizan(original):
        return None
    redis_url = original.get("MIZAN_CACHE_REDIS_URL")
    return {
        "version": _version(),
        "hasManifestCommand": _has_command(),
        "baseUrls": find_base_urls() if has_urls else [],
        "secrets": [_describe(*secret, original) for secret in list_secrets(original)],
        "hasOriginCache": bool(redis_url),
        "mwtTtlSeconds": int(original.get("MIZAN_MWT_TTL") or 300),
        "mwtAudience": original.get("MIZAN_MWT_AUDIENCE"),
        "sessionCookie": settings.SESSION_COOKIE_NAME,
        "identityCookies": _identity_cookies(original),
        "language": language_facts(settings),
    }


def list_secrets(original):
    """`(ring, setting, value)` of each secret that Mizan signs with; value None where none is set."""
    found = [(ring, name, original.get(name)) for ring, name in NAMED_SETTINGS]
    for name, value in sorted(original.items()):
        if not JWT_SETTING.search(name) or name == "MIZAN_MWT_SECRET":
            continue
        if isinstance(value, dict):
            found += [
                ("jwt", '%s["%s"]' % (name, key), item)
                for key, item in sorted(value.items())
                if _is_key(str(key), item)
            ]
        elif _is_key(name, value):
            found.append(("jwt", name, value))
    return found


def find_marked(original, marks):
    """Returns {setting: variable} where a secret has the value of one of `marks` (variable: value)."""
    variables = {value: name for name, value in marks.items()}
    pairs = [(setting, _text(value)) for _ring, setting, value in list_secrets(original)]
    return {setting: variables[value] for setting, value in pairs if value in variables}


def _text(value):
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _is_key(name, value):
    return isinstance(value, (str, bytes)) and bool(JWT_KEY.search(name)) and not KEY_PAIR.search(name)


def _describe(ring, setting, value, original):
    return {
        "ring": ring,
        "setting": setting,
        "state": secret_key_state(value),
        "isSecretKey": bool(value) and value == original.get("SECRET_KEY"),
        # Filled by the marked try: see `marked.py`.
        "variable": None,
    }


def _version():
    try:
        return metadata.version("mizan")
    except metadata.PackageNotFoundError:
        return None


def _has_command():
    from django.core.management import get_commands

    return MANIFEST_COMMAND in get_commands()


def _identity_cookies(original):
    """Names of the cookies that say who asks, besides the session's: messages, and those of JWT settings."""
    names = {"messages"}
    for name, value in original.items():
        if isinstance(value, str) and value and JWT_COOKIE.search(name) and _is_cookie_name(name):
            names.add(value)
        elif isinstance(value, dict) and JWT_SETTING.search(name):
            names |= {
                item
                for key, item in value.items()
                if isinstance(item, str) and item and "COOKIE" in str(key) and _is_cookie_name(str(key))
            }
    return sorted(names)


def _is_cookie_name(setting):
    return not re.search(r"DOMAIN|PATH|SAMESITE|SECURE|HTTP_?ONLY|AGE", setting)
