"""The version that /api/version/ answers."""

VERSION = "1.0.0"
