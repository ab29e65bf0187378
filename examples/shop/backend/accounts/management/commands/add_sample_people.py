"""`manage.py add_sample_people`: two customers and a potter, who is staff, with a password of yours."""

import os
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

CUSTOMERS = ("ana", "tom")
STAFF = ("potter",)


class Command(BaseCommand):
    help = f"Add {', '.join(CUSTOMERS)} and, as staff, {', '.join(STAFF)}."

    def add_arguments(self, parser):
        parser.add_argument(
            "--password-file",
            help="file with the password that they shall have; else SAMPLE_PASSWORD is read",
        )

    def handle(self, *args, password_file=None, **options):
        password = read_password(password_file)
        users = get_user_model().objects
        for name in (*CUSTOMERS, *STAFF):
            if users.filter(username=name).exists():
                self.stdout.write(f"{name} is there already.")
                continue
            is_potter = name in STAFF
            users.create_user(name, password=password, is_staff=is_potter, is_superuser=is_potter)
            self.stdout.write(self.style.SUCCESS(f"Added {name}."))


def read_password(password_file):
    if password_file is None:
        password = os.environ.get("SAMPLE_PASSWORD", "")
    else:
        password = Path(password_file).read_text().strip()
    if not password:
        raise CommandError("Set SAMPLE_PASSWORD, or name a --password-file.")
    return password
