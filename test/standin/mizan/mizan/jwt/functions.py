"""The functions that hand out tokens: called as `fn` of `call/` by a signed-in user."""

from mizan_core.mwt import create_mwt

from ..client.decorator import client
from ..client.registry import register
from ..conf import get_settings
from ..errors import NotImplementedYet, Unauthorized
from .tokens import LIFETIME_SECONDS, create_token, read_token


@client(auth=True)
def mwt_obtain(request) -> dict:
    """An MWT for the session's user. A token cannot be had for a token."""
    _require_session(request)
    settings = get_settings()
    if not settings.mwt_secret:
        raise NotImplementedYet("MIZAN_MWT_SECRET is not set.")
    token = create_mwt(
        request.user, settings.mwt_secret, settings.mwt_ttl, settings.mwt_audience, settings.mwt_kid
    )
    return {"token": token, "expires_in": settings.mwt_ttl}


@client(auth=True)
def jwt_obtain(request) -> dict:
    """An access and a refresh token for the session's user."""
    _require_session(request)
    return _issue(request.user, _jwt_secret())


@client
def jwt_refresh(request, refresh: str) -> dict:
    secret = _jwt_secret()
    user = read_token(refresh, secret, "refresh")
    if user is None:
        raise Unauthorized("The token is not valid.")
    return _issue(user, secret)


def register_token_functions():
    for function in (mwt_obtain, jwt_obtain, jwt_refresh):
        register(function, function.__name__)


def _require_session(request):
    if request.mizan_auth != "session":
        raise Unauthorized("Sign in first: this needs a session.")


def _jwt_secret():
    secret = get_settings().jwt_secret
    if not secret:
        raise NotImplementedYet("MIZAN_JWT_SECRET is not set.")
    return secret


def _issue(user, secret):
    tokens = {kind: create_token(user, secret, kind) for kind in LIFETIME_SECONDS}
    return {**tokens, "expires_in": LIFETIME_SECONDS["access"]}
