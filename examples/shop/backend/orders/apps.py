from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mizan.setup import mizan_clients


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders")

    def ready(self):
        mizan_clients("orders")
