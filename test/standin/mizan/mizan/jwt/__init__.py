"""Tokens: MWT from a session, and access and refresh tokens."""
