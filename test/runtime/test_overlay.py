"""Each rule of the overlay, on settings as people write them."""

import logging.config
import os
import sys
from pathlib import Path

import django
import pytest

from conftest import RUNTIME

sys.path.insert(0, str(RUNTIME))

from mizan_runtime.contract import OVERLAY_RULES  # noqa: E402
from mizan_runtime.overlay import RULES  # noqa: E402

SQLITE = "django.db.backends.sqlite3"
POSTGIS = "django.contrib.gis.db.backends.postgis"
REDIS_CACHE = "django.core.cache.backends.redis.RedisCache"


def test_rules_are_those_of_the_contract():
    assert sorted(name for name, _ in RULES) == sorted(OVERLAY_RULES)


def test_changes_nothing_when_off(apply):
    settings = {"DEBUG": True, "ALLOWED_HOSTS": ["*"]}
    assert apply(settings, enabled=False) == (settings, {})
    assert apply(settings, disabledRules=list(OVERLAY_RULES)) == (settings, {})


def test_leaves_the_users_own_objects_alone(apply):
    options = {"x": [1]}
    settings = {"DATABASES": {"default": {"ENGINE": SQLITE, "NAME": "db.sqlite3", "OPTIONS": options}}}
    after, _ = apply(settings)
    assert options == {"x": [1]}
    assert settings["DATABASES"]["default"]["NAME"] == "db.sqlite3"
    assert after["DATABASES"] is not settings["DATABASES"]


def test_debug(apply):
    after, changes = apply({"DEBUG": True}, only="debug")
    assert after["DEBUG"] is False and changes["DEBUG"]["action"] == "replaced"
    assert apply({"DEBUG": False}, only="debug")[1] == {}


@pytest.mark.parametrize(
    "before, after",
    [
        ([], ["127.0.0.1", "localhost"]),
        (["*"], ["127.0.0.1", "localhost"]),
        (["shop.example.com"], ["shop.example.com", "127.0.0.1", "localhost"]),
        (["localhost"], ["localhost", "127.0.0.1"]),
        (["localhost", "127.0.0.1"], ["localhost", "127.0.0.1"]),
    ],
)
def test_hosts(apply, before, after):
    assert apply({"ALLOWED_HOSTS": before}, only="hosts")[0]["ALLOWED_HOSTS"] == after


def test_hosts_knows_subdomain_patterns(apply):
    settings = {"ALLOWED_HOSTS": [".example.com"]}
    assert apply(settings, only="hosts", hosts=["shop.example.com"])[1] == {}


def test_proxy(apply):
    secure = {"SECURE_SSL_REDIRECT": True, "SECURE_HSTS_SECONDS": 3600}
    after, _ = apply(secure, only="proxy")
    assert after["SECURE_SSL_REDIRECT"] is False and after["SECURE_HSTS_SECONDS"] == 0
    assert after["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    after, _ = apply(secure, only="proxy", scheme="https")
    assert after["SECURE_SSL_REDIRECT"] is True and after["SECURE_HSTS_SECONDS"] == 3600
    own = {"SECURE_PROXY_SSL_HEADER": ("HTTP_X_SCHEME", "https")}
    assert apply(own, only="proxy")[1] == {}


def test_csrf(apply):
    after, _ = apply({"CSRF_TRUSTED_ORIGINS": ["https://a.b"]}, only="csrf")
    assert after["CSRF_TRUSTED_ORIGINS"] == ["https://a.b", "http://127.0.0.1:8000"]
    wild = {"CSRF_TRUSTED_ORIGINS": ["https://*.example.com"]}
    assert apply(wild, only="csrf", origins=["https://x.example.com"])[1] == {}


def test_cookies(apply):
    settings = {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Secure-sessionid",
        "SESSION_COOKIE_SAMESITE": "None",
        "CSRF_COOKIE_DOMAIN": ".example.com",
    }
    after, changed = apply(settings, only="cookies")
    assert "LANGUAGE_COOKIE_SAMESITE" not in changed  # Django's default None sends no attribute
    assert after["SESSION_COOKIE_SECURE"] is False and after["CSRF_COOKIE_SECURE"] is False
    assert after["SESSION_COOKIE_NAME"] == "sessionid"
    assert after["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert after["CSRF_COOKIE_DOMAIN"] is None
    https = dict(scheme="https", hosts=["shop.example.com"])
    assert apply(settings, only="cookies", **https)[1] == {}


@pytest.mark.parametrize(
    "key, kept",
    [
        (None, False),
        ("", False),
        ("django-insecure-" + "abcdefghij" * 5, False),
        ("change-me", False),
        ("secret", False),
        ("your-secret-key-here", False),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", False),
        ("k2$9vq!x7m_4w8z", True),
        ("8xk#2-pq9w_zu4m7vb!c3n6-my-secret-key-1d5f8h0j2l4r6t8y", True),
    ],
)
def test_secret_key(apply, key, kept):
    settings = {} if key is None else {"SECRET_KEY": key}
    after, changes = apply(settings, only="secret-key")
    assert after["SECRET_KEY"] == (key if kept else "generated-key")
    assert bool(changes) is not kept
    assert "generated-key" not in str(changes)


def test_secret_key_replaces_copies_of_it(apply):
    settings = {"SECRET_KEY": "changeme", "SIMPLE_JWT": {"SIGNING_KEY": "changeme", "ALGORITHM": "HS256"}}
    after, _ = apply(settings, only="secret-key")
    assert after["SIMPLE_JWT"] == {"SIGNING_KEY": "generated-key", "ALGORITHM": "HS256"}


def test_static(apply):
    settings = {"INSTALLED_APPS": ["django.contrib.staticfiles"], "STATIC_URL": "static/"}
    after, _ = apply(settings, only="static")
    assert after["STATIC_ROOT"] == str(apply.path / "static")
    assert after["STATIC_URL"] == "/static/"
    cdn = dict(settings, STATIC_URL="https://cdn.example.com/", STATIC_ROOT=Path("/srv/static"))
    after, _ = apply(cdn, only="static")
    assert after["STATIC_URL"] == "https://cdn.example.com/"
    assert after["STATIC_ROOT"] / "x" == apply.path / "static" / "x"
    assert apply({"INSTALLED_APPS": []}, only="static")[1] == {}


def test_data_moves_what_is_written_below_the_app(apply):
    app, data = apply.path / "app", apply.path / "data"
    settings = {
        "BASE_DIR": app,
        "MEDIA_ROOT": app / "uploads",
        "PRIVATE_ROOT": app / "uploads" / "private",
        "TEMPLATE_ROOT": str(app / "templates"),
        "DATABASES": {
            "default": {"ENGINE": SQLITE, "NAME": app / "db.sqlite3"},
            "relative": {"ENGINE": SQLITE, "NAME": "var/other.sqlite3"},
            "memory": {"ENGINE": SQLITE, "NAME": ":memory:"},
            "elsewhere": {"ENGINE": SQLITE, "NAME": "/srv/x.sqlite3"},
        },
        "CACHES": {
            "default": {
                "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
                "LOCATION": str(app / "cache"),
            }
        },
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "private": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": app / "private"},
            },
        },
        "LOGGING": {"version": 1, "handlers": {"file": {"filename": app / "logs" / "app.log"}}},
        "EMAIL_FILE_PATH": app / "mails",
        "SESSION_FILE_PATH": str(app / "sessions"),
    }
    after, changes = apply(settings, only="data")
    assert after["MEDIA_ROOT"] == data / "media" and (data / "media").is_dir()
    assert after["PRIVATE_ROOT"] == data / "media" / "private"
    assert after["BASE_DIR"] == app and after["TEMPLATE_ROOT"] == str(app / "templates")
    names = {alias: str(database["NAME"]) for alias, database in after["DATABASES"].items()}
    assert names == {
        "default": str(data / "db.sqlite3"),
        "relative": str(data / "var" / "other.sqlite3"),
        "memory": ":memory:",
        "elsewhere": "/srv/x.sqlite3",
    }
    assert (data / "var").is_dir()
    assert after["CACHES"]["default"]["LOCATION"] == str(data / "cache")
    assert after["STORAGES"]["private"]["OPTIONS"]["location"] == str(data / "private")
    assert after["LOGGING"]["handlers"]["file"]["filename"] == str(data / "logs" / "app.log")
    assert (data / "logs").is_dir()
    assert after["EMAIL_FILE_PATH"] == data / "mails"
    assert after["SESSION_FILE_PATH"] == str(data / "sessions")
    assert 'DATABASES["relative"]["NAME"]' in changes


def test_data_gives_uploads_a_place_where_there_is_none(apply):
    assert apply({}, only="data")[0]["MEDIA_ROOT"] == str(apply.path / "data" / "media")
    remote = {"STORAGES": {"default": {"BACKEND": "storages.backends.s3.S3Storage"}}}
    assert apply(remote, only="data")[1] == {}
    if django.VERSION < (5, 1):
        old = {"DEFAULT_FILE_STORAGE": "storages.backends.s3boto3.S3Boto3Storage"}
        assert apply(old, only="data")[1] == {}


def test_database_keeps_the_engine_of_the_postgresql_family(apply):
    url = "postgresql://app:p%40ss@/shop?host=/run/pg&port=5433"
    options = {"sslmode": "require", "pool": True}
    settings = {"DATABASES": {"default": {"ENGINE": POSTGIS, "NAME": "x", "OPTIONS": options}}}
    default = apply(settings, only="database", databaseUrl=url)[0]["DATABASES"]["default"]
    assert default == {
        "ENGINE": POSTGIS,
        "NAME": "shop",
        "USER": "app",
        "PASSWORD": "p@ss",
        "HOST": "/run/pg",
        "PORT": "5433",
        "OPTIONS": {"pool": True},
    }
    after, changes = apply({}, only="database", databaseUrl="postgresql://a:b@127.0.0.1:6000/c")
    assert after["DATABASES"]["default"]["ENGINE"] == "django.db.backends.postgresql"
    assert after["DATABASES"]["default"]["PORT"] == "6000"
    assert "b@" not in str(changes)
    assert apply(settings, only="database")[1] == {}


def test_redis_replaces_only_what_points_to_this_machine(apply):
    url = "redis://:pw@127.0.0.1:6390/0"
    settings = {
        "CELERY_BROKER_URL": "redis://localhost:6379/2",
        "CELERY_RESULT_BACKEND": "redis://cache.example.com:6379/3",
        "REDIS_URL": "redis://localhost",
        "CACHES": {
            "default": {
                "BACKEND": REDIS_CACHE,
                "LOCATION": "redis://127.0.0.1:6379/1",
                "OPTIONS": {"PASSWORD": "old"},
            },
            "remote": {"BACKEND": REDIS_CACHE, "LOCATION": "redis://far.example.com/0"},
        },
        "CHANNEL_LAYERS": {
            "default": {
                "BACKEND": "channels_redis.core.RedisChannelLayer",
                "CONFIG": {"hosts": [("127.0.0.1", 6379)]},
            }
        },
        "RQ_QUEUES": {"default": {"HOST": "localhost", "PORT": 6379, "DB": 0}},
    }
    after, changes = apply(settings, only="redis", redisUrl=url)
    assert after["CELERY_BROKER_URL"] == "redis://:pw@127.0.0.1:6390/2"
    assert after["REDIS_URL"] == url
    assert after["CACHES"]["default"]["LOCATION"] == "redis://:pw@127.0.0.1:6390/1"
    assert after["CACHES"]["default"]["OPTIONS"] == {}
    assert after["CACHES"]["remote"]["LOCATION"] == "redis://far.example.com/0"
    assert after["CHANNEL_LAYERS"]["default"]["CONFIG"]["hosts"] == [url]
    assert after["RQ_QUEUES"]["default"]["PORT"] == 6390
    assert "CELERY_RESULT_BACKEND" not in changes
    assert "pw" not in str(changes)
    assert apply(settings, only="redis")[1] == {}


def test_code_that_imports_the_settings_module_sees_a_part_that_was_changed(plain):
    code = "from config import settings as own; from django.conf import settings as s; "
    code += "print(own.DATABASES is s.DATABASES, own.DATABASES['default']['NAME'])"
    _, _, stdout, stderr = plain.run("manage", "shell", "-c", code)
    assert stdout.splitlines()[-1] == "True %s" % (plain.data / "db.sqlite3"), stderr


def test_sqlite_fills_only_missing_options(apply):
    settings = {
        "DATABASES": {
            "default": {"ENGINE": SQLITE, "NAME": "x", "OPTIONS": {"timeout": 3}},
            "other": {"ENGINE": POSTGIS},
        }
    }
    after, _ = apply(settings, only="sqlite")
    options = after["DATABASES"]["default"]["OPTIONS"]
    assert options["timeout"] == 3
    if django.VERSION >= (5, 1):
        assert options["transaction_mode"] == "IMMEDIATE"
    else:
        assert "transaction_mode" not in options
    assert "OPTIONS" not in after["DATABASES"]["other"]


def test_logging_is_valid_and_only_for_the_default(apply):
    after, changes = apply({"DEBUG": False}, only="logging")
    assert "LOGGING" in changes
    logging.config.dictConfig(after["LOGGING"])
    own = {"LOGGING": {"version": 1, "loggers": {"django": {"handlers": ["mine"]}}}}
    assert apply(own, only="logging")[1] == {}
    assert apply({"LOGGING_CONFIG": None}, only="logging")[1] == {}
    partial = {"LOGGING": {"version": 1, "loggers": {"shop": {"level": "INFO"}}}}
    merged = apply(partial, only="logging")[0]["LOGGING"]
    assert merged["root"]["handlers"] == ["mizan_stderr"] and "shop" in merged["loggers"]
    assert os.getcwd() == str(apply.path / "app")


def test_wins_over_manage_and_wsgi_that_assign_their_own_settings(plain):
    found = plain.settings("SETTINGS_MODULE", "DEBUG", "SECRET_KEY", "MEDIA_ROOT", "PRIVATE_ROOT")
    assert found == {
        "SETTINGS_MODULE": "mizan_runtime.settings",
        "DEBUG": False,
        "SECRET_KEY": "generated-key-of-this-environment-0123456789-abcdefghij",
        "MEDIA_ROOT": str(plain.data / "media"),
        "PRIVATE_ROOT": str(plain.data / "media" / "private"),
    }


@pytest.mark.parametrize("overlay", [{"enabled": False}, None])
def test_leaves_the_users_module_unchanged_when_off(make_app, overlay):
    app = make_app("plain", "config.settings", overlay=False)
    if overlay:
        app.overlay(**overlay)
    found = app.settings("SETTINGS_MODULE", "DEBUG", "STATIC_URL")
    assert found == {"SETTINGS_MODULE": "config.settings", "DEBUG": True, "STATIC_URL": "/static/"}


def test_works_on_settings_classes(make_app):
    app = make_app("classes", "classes.settings")
    env = {"DJANGO_SECRET_KEY": "changeme", "DJANGO_CONFIGURATION": "Dev"}
    found = app.settings("CONFIGURATION", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", env=env)
    assert found["CONFIGURATION"] == "classes.settings.Dev"
    assert found["DEBUG"] is False
    assert found["SECRET_KEY"].startswith("generated-key")
    assert found["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost"]
