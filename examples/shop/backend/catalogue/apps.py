from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mizan.setup import mizan_clients


class CatalogueConfig(AppConfig):
    name = "catalogue"
    verbose_name = _("Catalogue")

    def ready(self):
        mizan_clients("catalogue")
