from django.apps import AppConfig

from mizan.setup import mizan_clients


class SampleConfig(AppConfig):
    name = "sample"

    def ready(self):
        mizan_clients("sample")
