"""Who asks: MWT, then Bearer token, then session. A token that is not valid is never passed over."""

import logging

from django.contrib.auth.models import AnonymousUser
from django.middleware.csrf import CsrfViewMiddleware
from mizan_core.mwt import MWTUser, decode_mwt

from ..conf import get_settings
from ..errors import Forbidden, Unauthorized
from ..jwt.tokens import read_access_token

logger = logging.getLogger("mizan")


def authenticate(request):
    """Sets `request.user` and `request.mizan_auth`: `mwt`, `jwt` or `session`.

    Raises Unauthorized for a token that is not valid: there is no way back to the session.
    """
    if "X-Mizan-Token" in request.headers:
        request.user, request.mizan_auth = _read_mwt(request.headers["X-Mizan-Token"]), "mwt"
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        request.user, request.mizan_auth = _read_bearer(token.strip()), "jwt"
        return
    request.mizan_auth = "session"
    if not hasattr(request, "user"):
        request.user = AnonymousUser()


def enforce_csrf(request):
    """Django's CSRF check, for requests that a browser makes on its own account: those without a token."""
    if request.mizan_auth != "session":
        return
    reason = _CsrfCheck(lambda _request: None).check(request)
    if reason is not None:
        raise Forbidden(f"CSRF failed: {reason}")


def enforce_guard(function, request):
    """Raises Unauthorized or Forbidden when `auth=` of the function does not let the user in."""
    guard = function.options.auth
    if not guard:
        return
    user = request.user
    if callable(guard):
        allowed = bool(guard(request))
    else:
        allowed = user.is_authenticated and (
            guard is True or user.is_superuser or (guard == "staff" and user.is_staff)
        )
    if allowed:
        return
    if user.is_authenticated:
        raise Forbidden("You may not do this.")
    raise Unauthorized("Sign in first.")


def _read_mwt(token):
    settings = get_settings()
    if not settings.mwt_secret:
        logger.error("X-Mizan-Token came in, but MIZAN_MWT_SECRET is not set")
        raise Unauthorized("The token is not valid.")
    claims = decode_mwt(token, settings.mwt_secret, audience=settings.mwt_audience)
    if claims is None:
        raise Unauthorized("The token is not valid.")
    return MWTUser(claims)


def _read_bearer(token):
    user = read_access_token(token, get_settings().jwt_secret)
    if user is None:
        raise Unauthorized("The token is not valid.")
    return user


class _CsrfCheck(CsrfViewMiddleware):
    def check(self, request):
        """The reason of a refusal, or None."""
        self.process_request(request)
        return self.process_view(request, None, (), {})

    def _reject(self, request, reason):
        return reason
