"""Rule `mizan`: a missing or published key for the tokens of the Mizan framework is replaced by this environment's."""

import json

from .secret_key import secret_key_state

APP = "mizan"
# The one that must be there before any client sends a token (reference/protocol.md 5.1). The cache's
# key is left alone: setting it could switch a cache on in the app that nobody asked for.
SETTING = "MIZAN_MWT_SECRET"


def has_mizan(settings):
    """Whether INSTALLED_APPS (of a dict of settings) names the framework's app or its AppConfig."""
    apps = settings.get("INSTALLED_APPS") or ()
    return any(app == APP or str(app).startswith(APP + ".apps.") for app in apps)


def apply_mizan(draft):
    path = draft.input.get("mizanSecretsFile")
    if path is None or not has_mizan(draft.settings):
        return
    state = secret_key_state(draft.get(SETTING))
    if state == "present":
        return
    with open(path, encoding="utf-8") as stream:
        key = json.load(stream)[SETTING]
    reasons = {
        "absent": "none is set; generated once for this environment",
        "placeholder": "a placeholder that others know; generated once for this environment",
    }
    draft.set(SETTING, key, reasons[state])
