"""The verb `doctor`: what it measures in real projects, good ones and bad ones, and what it leaves alone."""

import json
import os

import pytest

CANARY = "canary-7f3a91c5"


@pytest.fixture
def doctor(make_app):
    """`doctor("DEBUG = False\\n…")` runs the verb on the plain project with these lines added to its settings."""

    def run(lines="", env=None, overlay=None, files=None):
        app = make_app("plain", "config.variant")
        (app.app / "config" / "variant.py").write_text("from .settings import *\n" + lines)
        for path, text in (files or {}).items():
            (app.app / path).parent.mkdir(parents=True, exist_ok=True)
            (app.app / path).write_text(text)
        app.overlay(**(overlay or {}))
        status, result, stdout, stderr = app.run("doctor", env=dict(app.env, **(env or {})))
        assert (status, stdout) == (0, ""), stderr
        run.app = app
        return result

    return run


def test_a_sound_app_passes_every_measure(doctor):
    result = doctor()
    assert result["failures"] == []
    measures = result["measures"]
    assert measures["health"] == {"live": 200, "ready": 503}
    assert measures["isSecure"] == {"https": True, "http": False}
    assert measures["csrf"] == {"refusedOrigins": [], "originsWithoutScheme": 0}
    assert measures["brokenApps"] == measures["brokenLibraries"] == []
    assert measures["databaseDriver"] is None
    assert measures["server"]["gunicorn"] and measures["server"]["uvicornWorker"]
    assert measures["sizing"]["cpus"] > 0 and measures["sizing"]["memoryBytes"] > 2**20
    assert measures["staticFiles"] == {"isCollected": False, "hasManifest": None, "missing": None}
    assert measures["longestTaskSeconds"] is None
    assert result["probe"]["facts"]["media"]["hasFileFields"] is False


def test_under_asgi_the_health_endpoint_answers_as_well(doctor):
    env = {"MIZAN_INTERFACE": "asgi", "MIZAN_APPLICATION": "config.asgi:application"}
    assert doctor(env=env)["measures"]["health"] == {"live": 200, "ready": 503}


def test_without_the_overlay_proxy_and_forms_are_as_the_settings_have_them(doctor):
    measures = doctor(overlay={"enabled": False, "origins": ["https://app.example.test"]})["measures"]
    assert measures["isSecure"] == {"https": False, "http": False}
    assert measures["csrf"]["refusedOrigins"] == ["https://app.example.test"]
    # The health endpoint does not depend on it.
    assert measures["health"]["live"] == 200


def test_django_own_checks_are_named_by_id_and_an_origin_without_a_scheme_is_counted(doctor):
    lines = (
        "CSRF_TRUSTED_ORIGINS = ['app.example.test', 'https://b.example.test']\n"
        "SILENCED_SYSTEM_CHECKS = ['security.W003']\n"
        "MIDDLEWARE = MIDDLEWARE[:-1]\n"
    )
    measures = doctor(lines)["measures"]
    assert measures["csrf"]["originsWithoutScheme"] == 1
    ids = measures["securityChecks"]
    assert {"security.W002", "security.W004"} <= set(ids)
    # DEBUG is off by the overlay; without the CSRF middleware there would be W003.
    assert not {"security.W018", "security.W003"} & set(ids)


def test_every_app_that_does_not_import_is_named(doctor):
    files = {"needs_library/__init__.py": "import ctypes\nctypes.CDLL('libmissing-by-test.so.1')\n"}
    lines = "INSTALLED_APPS = INSTALLED_APPS + ['needs_library', 'not_there']\n"
    result = doctor(lines, files=files)
    # The probe tells it as the app's error, though facts such as static files cannot be had.
    assert result["probe"]["error"]["type"] == "OSError"
    broken = {app["name"]: app for app in result["measures"]["brokenApps"]}
    assert broken["needs_library"]["type"] == "OSError"
    assert "libmissing-by-test" in broken["needs_library"]["message"]
    assert broken["not_there"]["type"] == "ModuleNotFoundError"
    assert len(broken) == 2
    # What needs the apps is told as not measured, with the reason.
    assert "setup" in {failure["measure"] for failure in result["failures"]}
    assert result["measures"]["health"] is None


def test_the_postgresql_driver_is_recognised_and_a_pooler_by_port_or_name(doctor):
    lines = (
        "for alias, change in {'default': {'PORT': '6432'}, 'named': {'HOST': 'db-pooler.example.test'},"
        " 'direct': {'PORT': '5432', 'DISABLE_SERVER_SIDE_CURSORS': True}}.items():\n"
        "    DATABASES[alias] = dict(change, ENGINE='django.db.backends.postgresql')\n"
    )
    measures = doctor(lines)["measures"]
    driver = measures["databaseDriver"]
    assert driver["name"] == "psycopg" and driver["build"] == "binary" and driver["version"][0] == "3"
    pooled = {alias: database["isPooled"] for alias, database in measures["databases"].items()}
    assert pooled == {"default": True, "named": True, "direct": False}
    assert not measures["databases"]["direct"]["hasServerSideCursors"]


def test_variables_that_the_databases_follow_are_told_from_those_that_are_only_read(doctor):
    lines = (
        "URL = os.environ.get('DATABASE_URL', '')\n"
        "DATABASES['default'] = {'ENGINE': 'django.db.backends.postgresql',"
        " 'HOST': os.environ.get('DB_HOST', 'a'), 'PORT': os.environ.get('DB_PORT', '')}\n"
    )
    assert doctor(lines)["measures"]["databaseVariables"] == ["DB_HOST", "DB_PORT"]
    parsed = "import dj_database_url\nDATABASES['default'] = dj_database_url.config(default='sqlite:///x')\n"
    assert doctor(parsed)["measures"]["databaseVariables"] == ["DATABASE_URL"]


def test_a_static_file_that_a_template_names_and_the_manifest_lacks_is_found(doctor):
    storage = "'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'"
    backend = "{'default': {'BACKEND': 'django.core.files.storage.FileSystemStorage'}, "
    lines = "STORAGES = %s'staticfiles': {'BACKEND': %s}}\n" % (backend, storage)
    files = {
        "shop/templates/page.html": "{% load static %}{% if a %}{% static 'css/app.css' %}"
        "{% static 'css/gone.css' %}{% static b %}{% endif %}",
    }
    before = doctor(lines, files=files)
    assert before["measures"]["staticFiles"] == {
        "isCollected": False,
        "hasManifest": False,
        "missing": None,
    }
    app = doctor.app
    assert app.run("collectstatic")[0] == 0
    _, after, _, _ = app.run("doctor")
    assert after["measures"]["staticFiles"] == {
        "isCollected": True,
        "hasManifest": True,
        "missing": [{"template": "shop/templates/page.html", "file": "css/gone.css"}],
    }


def test_time_limits_uploads_and_libraries_without_their_system_part_are_found(doctor):
    files = {
        "config/celery.py": LIMITED_CELERY,
        "uploads/__init__.py": "",
        "uploads/models.py": "from django.db import models\n\n\nclass Photo(models.Model):\n"
        "    file = models.FileField()\n",
        "weasyprint.py": "raise OSError('cannot load library gobject-2.0-0')\n",
    }
    result = doctor("INSTALLED_APPS = INSTALLED_APPS + ['uploads']\n", files=files)
    assert result["measures"]["longestTaskSeconds"] == 300
    (broken,) = result["measures"]["brokenLibraries"]
    assert (broken["name"], broken["type"]) == ("weasyprint", "OSError")
    assert result["probe"]["facts"]["media"]["hasFileFields"] is True


LIMITED_CELERY = """
from celery import Celery
app = Celery("plain")
app.conf.task_time_limit = 60

@app.task(time_limit=300)
def slow():
    pass
"""


def test_settings_that_do_not_import_are_told_and_nothing_is_measured(doctor):
    result = doctor("raise ValueError('no good')\n")
    assert result["probe"]["error"]["type"] == "ValueError"
    assert result["measures"] is None


def test_missing_variables_are_made_up_for_the_measures_too(doctor):
    result = doctor("SECRET_KEY = os.environ['PLAIN_SECRET_KEY']\n")
    (variable,) = [v for v in result["probe"]["variables"] if v["name"] == "PLAIN_SECRET_KEY"]
    assert variable["required"] and not variable["present"]
    assert result["measures"]["health"]["live"] == 200


def test_no_value_leaves_the_process(doctor):
    lines = (
        "API_TOKEN = os.environ['API_TOKEN']\n"
        "SECRET_KEY = 'django-insecure-%(c)s'\n"
        "DATABASES['default'] = {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'n-%(c)s',"
        " 'USER': 'u-%(c)s', 'PASSWORD': os.environ['DB_PASSWORD'], 'HOST': 'h-%(c)s.invalid'}\n"
        "CACHES = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache',"
        " 'LOCATION': 'redis://:%(c)s@r.invalid:6379'}}\n"
        "CSRF_TRUSTED_ORIGINS = ['%(c)s.example.test']\n"
        "INSTALLED_APPS = INSTALLED_APPS + ['talks']\n" % {"c": CANARY}
    )
    files = {"talks/__init__.py": "import os\nraise RuntimeError('token ' + os.environ['API_TOKEN'])\n"}
    env = {"API_TOKEN": CANARY + "-token", "DB_PASSWORD": CANARY + "-password"}
    result = doctor(lines, env=env, files=files)
    assert [app["name"] for app in result["measures"]["brokenApps"]] == ["talks"]
    assert result["measures"]["databaseVariables"] == ["DB_PASSWORD"]
    assert CANARY not in json.dumps(result)


def test_it_writes_nothing_and_asks_no_database(plain):
    before = sorted(_files(plain.folder))
    assert plain.run("doctor")[0] == 0
    assert sorted(_files(plain.folder)) == before
    assert not any(path.endswith(".sqlite3") for path, _ in before)


def _files(folder):
    for directory, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(directory, name)
            yield path, os.stat(path).st_mtime_ns
