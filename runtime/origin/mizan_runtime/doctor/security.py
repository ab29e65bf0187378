"""Django's own security checks, and whether forms of this environment pass the CSRF check."""

import re

from ..overlay_input import read_overlay_input
from .requests import build_request

# Anything else is not an id but a text, which may hold more than a name.
CHECK_ID = re.compile(r"^[\w.]{1,60}$")


def security_checks(_folder):
    """Ids of what `check --deploy --tag security` says; those that the app silences left out."""
    from django.core.checks import Tags, run_checks

    messages = run_checks(tags=[Tags.security], include_deployment_checks=True)
    ids = {str(message.id) for message in messages if message.id and not message.is_silenced()}
    return sorted(name for name in ids if CHECK_ID.match(name))


def csrf_measures(_folder):
    """`refusedOrigins`: this environment's origins whose forms Django refuses."""
    from django.conf import settings

    origins = (read_overlay_input() or {}).get("origins", [])
    trusted = settings.CSRF_TRUSTED_ORIGINS
    return {
        "refusedOrigins": [origin for origin in origins if not _accepts(origin)],
        "originsWithoutScheme": sum("://" not in str(origin) for origin in trusted),
    }


def _accepts(origin):
    """What the middleware asks of the Origin header of a form, as the Edge forwards it."""
    from django.middleware.csrf import CsrfViewMiddleware

    scheme, _, host = origin.partition("://")
    request = build_request(HTTP_HOST=host, HTTP_ORIGIN=origin, HTTP_X_FORWARDED_PROTO=scheme)
    return CsrfViewMiddleware(lambda _request: None)._origin_verified(request)
