"""Made-up values for variables that nobody has set, so that one run finds all that are missing."""

import importlib.util
import re

TEXT = "mizan-synthetic-value-that-is-fifty-characters-long"
FERNET_KEY = "bWl6YW4tc3ludGhldGljLXZhbHVlLTMyLWJ5dGVzISE="
POSTGRES_URL = "postgres://mizan:mizan@localhost:5432/mizan"
REDIS_URL = "redis://localhost:6379/0"
WEB_URL = "https://mizan.invalid"
# What most settings do with a variable: take it as text, number, truth value, JSON, URL or key.
GENERIC = (TEXT, "1", "false", "[]", "{}", WEB_URL, POSTGRES_URL, FERNET_KEY, "INFO")


def synthetic_values(name):
    """Values to try for a variable of this name, the most likely first."""
    upper = name.upper()
    guesses = []
    if re.search(r"(DATABASE|DB|POSTGRES|PG|SQL).*(URL|URI|DSN)", upper):
        guesses.append(_database_url())
    elif re.search(r"REDIS|BROKER|CELERY|CACHE", upper) and re.search(r"UR[LI]", upper):
        guesses.append(REDIS_URL)
    elif re.search(r"DSN", upper):
        guesses.append("https://key@mizan.invalid/1")
    elif re.search(r"UR[LI]|ORIGIN", upper):
        guesses.append(WEB_URL)
    elif re.search(r"PORT$|TIMEOUT|SECONDS|COUNT|SIZE|_ID$|_AGE$|LIMIT", upper):
        guesses.append("1")
    elif re.search(r"HOST", upper):
        # Not a name elsewhere: the facts then say `loopback`, as for settings with such a default.
        guesses.append("localhost")
    elif re.search(r"EMAIL", upper):
        guesses.append("mizan@mizan.invalid")
    elif re.search(r"DEBUG|^USE_|ENABLE", upper):
        guesses.append("false")
    elif re.search(r"LEVEL", upper):
        guesses.append("INFO")
    return guesses + [value for value in GENERIC if value not in guesses]


def _database_url():
    """PostgreSQL if its driver is installed: then that is what the app means to use."""
    for driver in ("psycopg", "psycopg2"):
        if importlib.util.find_spec(driver):
            return POSTGRES_URL
    return "mysql://mizan:mizan@localhost/mizan" if _has("MySQLdb") else "sqlite://:memory:"


def _has(module):
    return importlib.util.find_spec(module) is not None
