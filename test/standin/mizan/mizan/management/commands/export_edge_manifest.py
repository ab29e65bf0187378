"""`manage.py export_edge_manifest`: the manifest on stdout."""

from django.core.management.base import BaseCommand

from mizan.export import generate_edge_manifest_json


class Command(BaseCommand):
    help = "Print the Edge manifest as JSON."
    requires_system_checks = []

    def handle(self, *args, **options):
        self.stdout.write(generate_edge_manifest_json())
