"""The notes app: what visitors of the reserve saw, with photos, tags and comments."""

from django.apps import AppConfig


class NotesConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "notes"
