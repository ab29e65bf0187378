"""Makes Django use our settings before any code of the app can choose others."""

import os

from . import user_settings
from .overlay_input import read_overlay_input

OVERLAY_SETTINGS = "mizan_runtime.settings"


def activate_settings():
    """Imports the settings now, so that a later assignment of DJANGO_SETTINGS_MODULE has no effect.

    With an overlay file these are `mizan_runtime.settings`, else the user's own.
    """
    from django.conf import settings

    overlay_input = read_overlay_input()
    if overlay_input is None or not overlay_input["enabled"]:
        user_settings.import_user_settings()
    else:
        user_settings.user_settings_name()
        os.environ["DJANGO_SETTINGS_MODULE"] = OVERLAY_SETTINGS
    settings.INSTALLED_APPS  # noqa: B018 - the access is what imports the settings
    keep_settings_name()


def keep_settings_name():
    """Undoes an assignment of DJANGO_SETTINGS_MODULE by the app, for processes that it starts."""
    from django.conf import settings

    os.environ["DJANGO_SETTINGS_MODULE"] = settings.SETTINGS_MODULE
