"""A secret may be read anywhere, and changed on its way."""

import os


def secret(name):
    return os.environ.get(name, "development-only").strip()
