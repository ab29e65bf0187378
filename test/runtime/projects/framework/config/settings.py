"""An app of the Mizan framework; its secrets come from variables under names of its own."""

import os

from .secrets import secret

SECRET_KEY = "a-key-that-is-long-enough-for-django-and-known-to-nobody-9f3k"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.sessions", "mizan"]
MIDDLEWARE = ["django.middleware.locale.LocaleMiddleware"]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DATABASES = {}
LANGUAGES = [("en", "English"), ("de", "German"), ("tlh", "Klingon")]
SESSION_COOKIE_NAME = "who"
MIZAN_MWT_SECRET = secret("TOKEN_KEY")
MIZAN_CACHE_SECRET = os.environ.get("CACHE_KEY")
MIZAN_CACHE_REDIS_URL = os.environ.get("MIZAN_CACHE_REDIS_URL")
SIMPLE_JWT = {"SIGNING_KEY": SECRET_KEY, "VERIFYING_KEY": "", "AUTH_COOKIE": "jwt-access"}
OTHER_JWT_SECRET = os.environ["JWT_KEY"] if os.environ.get("HAS_JWT") else "written-here"
PORT = int(os.environ.get("KEY_COUNT", "3"))
