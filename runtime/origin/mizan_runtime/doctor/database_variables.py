"""Which environment variables DATABASES follows: the settings are imported again with each one changed."""

import hashlib
import os
import re

from .. import activate
from .forked import ForkFailed, run_forked

DATABASE_NAME = re.compile(
    r"(^|_)(DATABASE|POSTGRES|POSTGRESQL|PG|DB|SQL|MYSQL)_?"
    r"(URL|URI|DSN|HOST|HOSTNAME|PORT|NAME|DB|DATABASE|USER|USERNAME|PASSWORD|PASS)$",
    re.IGNORECASE,
)
IS_URL = re.compile(r"(URL|URI|DSN)$", re.IGNORECASE)
# Each is a process that imports the settings.
MOST_VARIABLES = 12
OTHER_URL = "postgres://mizan-doctor:mizan-doctor@mizan-doctor.invalid:5999/mizan-doctor"
KEYS = ("ENGINE", "NAME", "HOST", "PORT", "USER", "PASSWORD")


def find_database_variables(names, synthetic):
    """Those of `names` whose change changes DATABASES. Names only: values are compared by their hash."""
    wanted = [name for name in names if DATABASE_NAME.search(name)][:MOST_VARIABLES]
    if not wanted:
        return []
    before = _fingerprint(synthetic)
    return [name for name in wanted if _fingerprint(synthetic, name) not in (before, None)]


def _fingerprint(synthetic, changed=None):
    """Hash of the user's own DATABASES; None where the settings do not take the value."""
    try:
        return run_forked(_hash_databases, synthetic, changed)
    except ForkFailed:
        return None


def _hash_databases(synthetic, changed):
    from ..probe.facts import original_settings

    os.environ.update(synthetic)
    if changed:
        os.environ[changed] = _other_value(changed)
    activate.activate_settings()
    databases = original_settings()[0].get("DATABASES") or {}
    shown = {
        alias: {key: str(database.get(key)) for key in KEYS} for alias, database in databases.items()
    }
    return hashlib.sha256(repr(sorted(shown.items())).encode()).hexdigest()


def _other_value(name):
    if IS_URL.search(name):
        return OTHER_URL
    return "5999" if name.upper().endswith("PORT") else "mizan-doctor"
