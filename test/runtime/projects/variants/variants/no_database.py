"""No database at all."""

from .base import *  # noqa: F403

DATABASES = {}
