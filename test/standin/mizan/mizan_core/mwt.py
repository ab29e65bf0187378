"""MWT: a JWT with HS256 in the header X-Mizan-Token. reference/protocol.md, section 5.1."""

import hashlib
import json
import time

import jwt

ALGORITHM = "HS256"


def create_mwt(user, secret, ttl=300, audience=None, kid="v1", now=None):
    """A token for a Django user. `ttl` is in seconds, `now` in unix seconds."""
    issued_at = int(time.time() if now is None else now)
    claims = {
        "sub": str(user.pk),
        "pkey": compute_permission_key(user),
        "staff": bool(user.is_staff),
        "super": bool(user.is_superuser),
        "iat": issued_at,
        "nbf": issued_at,
        "exp": issued_at + ttl,
    }
    if audience is not None:
        claims["aud"] = audience
    return jwt.encode(claims, secret, algorithm=ALGORITHM, headers={"kid": kid})


def decode_mwt(token, secret, audience=None, now=None):
    """The claims, or None on any failure. Without an `audience` the claim `aud` does not count."""
    # The times are compared here, since PyJWT knows no clock but the machine's.
    options = {
        "require": ["sub", "iat", "nbf", "exp"],
        "verify_exp": False,
        "verify_nbf": False,
        "verify_iat": False,
        "verify_aud": audience is not None,
    }
    try:
        claims = jwt.decode(
            token, secret, algorithms=[ALGORITHM], audience=audience, options=options
        )
    except jwt.InvalidTokenError:
        return None
    moment = time.time() if now is None else now
    times = [claims["nbf"], claims["exp"]]
    if any(isinstance(value, bool) or not isinstance(value, (int, float)) for value in times):
        return None
    return claims if claims["nbf"] <= moment < claims["exp"] else None


def compute_permission_key(user):
    """64 hex digits over both flags and the sorted permissions; the preimage's form is ours."""
    preimage = [bool(user.is_staff), bool(user.is_superuser), sorted(user.get_all_permissions())]
    return hashlib.sha256(json.dumps(preimage).encode()).hexdigest()


class MWTUser:
    """A user made of claims, without a query. `pk` is a text, as `sub` is."""

    is_authenticated = True
    is_anonymous = False
    is_active = True

    def __init__(self, claims):
        self.pk = self.id = claims["sub"]
        self.is_staff = claims.get("staff") is True
        self.is_superuser = claims.get("super") is True
        self.permission_key = claims.get("pkey")

    def __str__(self):
        return f"user {self.pk}"
