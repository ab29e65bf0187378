"""Migrations: which are pending, what they do to the running release, and applying them once."""
