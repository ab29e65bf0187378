from django.apps import AppConfig

from mizan.setup import mizan_clients


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        mizan_clients("accounts")
