"""The Django settings of this package, read at the time of use so that tests can change them."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class MizanSettings:
    """Secrets are texts, None when unset. `mwt_ttl` is in seconds."""

    cache_secret: str | None
    mwt_secret: str | None
    mwt_ttl: int
    mwt_audience: str | None
    mwt_kid: str
    jwt_secret: str | None


def get_settings():
    return MizanSettings(
        cache_secret=getattr(settings, "MIZAN_CACHE_SECRET", None),
        mwt_secret=getattr(settings, "MIZAN_MWT_SECRET", None),
        mwt_ttl=getattr(settings, "MIZAN_MWT_TTL", 300),
        # These three names are ours: upstream's are not known.
        mwt_audience=getattr(settings, "MIZAN_MWT_AUDIENCE", None),
        mwt_kid=getattr(settings, "MIZAN_MWT_KID", "v1"),
        jwt_secret=getattr(settings, "MIZAN_JWT_SECRET", None),
    )
