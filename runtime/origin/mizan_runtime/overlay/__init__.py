"""The settings overlay: fills what is missing or unsafe for this environment, and lists what it did."""

from .channels import apply_channels
from .cookies import apply_cookies
from .csrf import apply_csrf
from .data import apply_data
from .database import apply_database
from .debug import apply_debug
from .draft import Draft
from .hosts import apply_hosts
from .logs import apply_logging
from .mizan_secrets import apply_mizan
from .proxy import apply_proxy
from .redis import apply_redis
from .secret_key import apply_secret_key
from .sqlite import apply_sqlite
from .static import apply_static

# In this order: `data` moves a SQLite file that `database` has not replaced.
RULES = (
    ("debug", apply_debug),
    ("hosts", apply_hosts),
    ("proxy", apply_proxy),
    ("csrf", apply_csrf),
    ("cookies", apply_cookies),
    ("secret-key", apply_secret_key),
    ("mizan", apply_mizan),
    ("static", apply_static),
    ("database", apply_database),
    ("data", apply_data),
    ("redis", apply_redis),
    ("channels", apply_channels),
    ("sqlite", apply_sqlite),
    ("logging", apply_logging),
)


def apply_overlay(original, overlay_input):
    """Returns `(settings, changes)`: a copy of the settings with every rule applied, and OverlayChanges.

    `original` (upper-case name to value) stays as it is.
    """
    if overlay_input is None or not overlay_input["enabled"]:
        return dict(original), []
    draft = Draft(original, overlay_input)
    for name, rule in RULES:
        if name not in overlay_input["disabledRules"]:
            draft.rule = name
            rule(draft)
    return draft.settings, draft.changes
