"""Finds which environment variable a secret's setting comes from: by another value for it, not by reading code."""

import re

from .child import run_child

# Variables that may hold a signing key; what else has a value is better left as it is.
SECRET_NAME = re.compile(r"SECRET|KEY|TOKEN|JWT|MWT|SIGN", re.IGNORECASE)
NO_SECRET_NAME = re.compile(
    r"UR[LI]|HOST|PORT|FILE|PATH|TTL|TIMEOUT|SECONDS|MINUTES|LIFETIME|EXPIR|ALGORITHM|AUDIENCE|"
    r"ISSUER|COOKIE|HEADER|KID$|PUBLIC|PRIVATE",
    re.IGNORECASE,
)
# Each is a process that imports the app.
MOST_TRIES = 8


def find_variables(folder, synthetic, report):
    """Returns {setting: variable} for the secrets of the `mizan` fact in `report` (see `run_child`)."""
    secrets = [secret["setting"] for secret in report["facts"]["mizan"]["secrets"]]
    names = [v["name"] for v in report["variables"] if _may_be_secret(v["name"])]
    marks = {name: _mark(index) for index, name in enumerate(names)}
    if not secrets or not marks:
        return {}
    found = _try(folder, synthetic, marks, report)
    if found is None:
        # One of them does not take any text: each by itself tells which.
        found = {}
        for name in names[:MOST_TRIES]:
            found.update(_try(folder, synthetic, {name: marks[name]}, report) or {})
    return {setting: name for setting, name in found.items() if setting in secrets}


def _may_be_secret(name):
    return bool(SECRET_NAME.search(name)) and not NO_SECRET_NAME.search(name)


def _mark(index):
    """A text that no check for weak keys refuses; unlike any other."""
    return "Mz%dq7Vx2Lr9Tk4Wp8Nc3Hs6Jd1Fg5Yb0Ze%dAuQoIiEeRrTtPp" % (index, index)


def _try(folder, synthetic, marks, report):
    after = run_child(folder, dict(synthetic, **marks), marks)
    return None if after["phase"] < report["phase"] else after["marked"]
