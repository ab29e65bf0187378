from django.core.management.base import BaseCommand

from mizan.export import print_manifest


class Command(BaseCommand):
    def handle(self, *args, **options):
        print_manifest(self.stdout.write)
