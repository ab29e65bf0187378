"""Rule `secret-key`: a missing or published SECRET_KEY is replaced by the one generated for this environment."""

import re

PLACEHOLDER = re.compile(
    r"change.?me|insecure|placeholder|replace.?(me|this)|not.?so?.?secret|"
    r"(my|your|some|a|the|super|top|very)[-_ ]?secret|secret[-_ ]?key|default|dummy|example|"
    r"^(secret|dev|develop(ment)?|test(ing)?|local|foo|bar|key|x+|todo|<.*>)$",
    re.IGNORECASE,
)
# Django's check security.W009 asks for 50 characters and 5 different ones.
LONG_ENOUGH = 50
DIFFERENT_ENOUGH = 5


def secret_key_state(value):
    """`absent`, `placeholder` (known to others or guessable) or `present`."""
    if not value:
        return "absent"
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    if text.startswith("django-insecure-") or len(set(text)) < DIFFERENT_ENOUGH:
        return "placeholder"
    if len(text) < LONG_ENOUGH and PLACEHOLDER.search(text):
        return "placeholder"
    return "present"


def apply_secret_key(draft):
    old = draft.get("SECRET_KEY")
    state = secret_key_state(old)
    if state == "present":
        return
    with open(draft.input["secretKeyFile"], encoding="utf-8") as stream:
        key = stream.read().strip()
    if not key:
        raise RuntimeError("%s is empty" % draft.input["secretKeyFile"])
    reasons = {
        "absent": "none is set; generated once for this environment",
        "placeholder": "a placeholder that others know; generated once for this environment",
    }
    draft.set("SECRET_KEY", key, reasons[state])
    if old:
        _replace_copies(draft, old, key)


def _replace_copies(draft, old, key):
    """Settings such as `SIMPLE_JWT["SIGNING_KEY"] = SECRET_KEY` hold the old key by value."""
    for name, value in list(draft.settings.items()):
        if name == "SECRET_KEY":
            continue
        if value == old:
            draft.set(name, key, "the same value as SECRET_KEY")
        elif isinstance(value, dict) and old in value.values():
            changed = {k: key if v == old else v for k, v in value.items()}
            draft.set(name, changed, "holds the value of SECRET_KEY")
