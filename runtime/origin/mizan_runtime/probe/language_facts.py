"""How LocaleMiddleware chooses the language of a request."""

LOCALE_MIDDLEWARE = "django.middleware.locale.LocaleMiddleware"


def language_facts(settings):
    """The languages that may be chosen, or None where no middleware of the usual kind chooses one."""
    if LOCALE_MIDDLEWARE not in settings.MIDDLEWARE or not settings.USE_I18N:
        return None
    from django.utils.translation import check_for_language

    return {
        "languages": [
            {"code": code, "hasCatalogue": bool(check_for_language(code))}
            for code, _name in settings.LANGUAGES
        ],
        "fallback": settings.LANGUAGE_CODE,
        "cookieName": settings.LANGUAGE_COOKIE_NAME,
    }
