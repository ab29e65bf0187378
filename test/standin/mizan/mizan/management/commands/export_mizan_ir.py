"""`manage.py export_mizan_ir`: the functions in KDL on stdout, for generators of client code."""

from django.core.management.base import BaseCommand

from mizan.export.ir import generate_mizan_ir


class Command(BaseCommand):
    help = "Print the description of all functions as KDL."
    requires_system_checks = []

    def handle(self, *args, **options):
        self.stdout.write(generate_mizan_ir(), ending="")
