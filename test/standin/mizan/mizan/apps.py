"""The Django app `mizan`: brings its own functions and its check of `affects`."""

from django.apps import AppConfig


class MizanConfig(AppConfig):
    name = "mizan"
    verbose_name = "Mizan (test stand-in)"

    def ready(self):
        from . import checks  # noqa: F401  registers the check
        from .jwt.functions import register_token_functions

        register_token_functions()
