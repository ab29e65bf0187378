"""Removes the values of secrets from text that leaves the process: error messages and tracebacks."""

import os
import re

# Shorter values ("1", "true", "local") are no secrets, and removing them would garble the text.
SHORTEST_SECRET = 6
SECRET_NAME = re.compile(r"SECRET|PASSWORD|PASSWD|TOKEN|KEY|CREDENTIAL|DSN|_URL$|_URI$|^URL$|AUTH")
PASSWORD_IN_URL = re.compile(r"(://[^/@\s:'\"]*:)[^@\s'\"]+(@)")


def redact(text):
    """Returns `text` without values of environment variables named like secrets, and URL passwords."""
    for name, value in os.environ.items():
        if len(value) >= SHORTEST_SECRET and SECRET_NAME.search(name.upper()):
            text = text.replace(value, "[value of %s]" % name)
    return PASSWORD_IN_URL.sub(r"\1[redacted]\2", text)
