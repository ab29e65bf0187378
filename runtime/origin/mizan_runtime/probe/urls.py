"""Questions to the app's URLconf."""

# A name that no app has; `resolves_below` asks for a path that only a catch-all or a prefix route takes.
UNLIKELY_NAME = "mizan-runtime-probe.bin"


def resolves(path):
    """Whether a pattern takes `path`, also one that redirects to a language's prefix."""
    from django.conf import settings
    from django.urls import Resolver404, resolve
    from django.utils import translation

    with translation.override(settings.LANGUAGE_CODE):
        try:
            resolve(path)
        except Resolver404:
            return _redirects_to_language(path)
    return True


def resolves_below(prefix):
    """Whether a route takes paths below `prefix` that does not take just any path (a catch-all)."""
    return resolves(prefix + UNLIKELY_NAME) and not resolves("/" + UNLIKELY_NAME + "/" + UNLIKELY_NAME)


def _redirects_to_language(path):
    """LocaleMiddleware answers `/` by a redirect where only `/en/` resolves."""
    from django.conf import settings
    from django.urls import Resolver404, resolve
    from django.utils import translation

    if "django.middleware.locale.LocaleMiddleware" not in settings.MIDDLEWARE:
        return False
    language = settings.LANGUAGE_CODE
    with translation.override(language):
        try:
            resolve("/%s%s" % (translation.get_language(), path))
        except Resolver404:
            return False
    return True
