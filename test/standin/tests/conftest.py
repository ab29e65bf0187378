"""Sets Django up once, with a database in memory, and gives tests users and a client."""

import json
import os
from pathlib import Path

import pytest

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"

import django  # noqa: E402

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text())


@pytest.fixture(scope="session", autouse=True)
def database():
    call_command("migrate", verbosity=0)


@pytest.fixture(autouse=True)
def rolled_back(database):
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def browser():
    """A client that is checked for CSRF, as browsers are."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def make_user():
    def make(name="ana", **fields):
        return get_user_model().objects.create_user(name, password="quiet-reed-bed", **fields)

    return make


@pytest.fixture
def call():
    """POSTs a call without a CSRF check, and returns the response."""

    def send(client, fn, args=None, **headers):
        body = {"fn": fn, "args": args or {}}
        client.handler.enforce_csrf_checks = False
        return client.post(
            "/api/mizan/call/", body, content_type="application/json", headers=headers
        )

    return send
