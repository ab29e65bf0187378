"""Access and refresh tokens (JWT, HS256) for `Authorization: Bearer`. Names and lifetimes are ours."""

import time

import jwt
from django.contrib.auth import get_user_model

ALGORITHM = "HS256"
LIFETIME_SECONDS = {"access": 900, "refresh": 14 * 24 * 3600}


def create_token(user, secret, kind):
    """`kind` is `access` or `refresh`."""
    now = int(time.time())
    claims = {"sub": str(user.pk), "kind": kind, "iat": now, "exp": now + LIFETIME_SECONDS[kind]}
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


def read_access_token(token, secret):
    return read_token(token, secret, "access")


def read_token(token, secret, kind):
    """The active user of a token, or None on any failure."""
    if not secret:
        return None
    try:
        claims = jwt.decode(
            token, secret, algorithms=[ALGORITHM], options={"require": ["sub", "exp"]}
        )
    except jwt.InvalidTokenError:
        return None
    if claims.get("kind") != kind:
        return None
    return get_user_model().objects.filter(pk=claims["sub"], is_active=True).first()
