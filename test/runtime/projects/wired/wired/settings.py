import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "django-insecure-wired"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "things",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "wired.middleware.Meddling",
]
ROOT_URLCONF = "wired.urls"
TEMPLATES = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR / "pages"]},
]
DATABASES = {
    alias: {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR / (alias + ".sqlite3"),
        "CONN_MAX_AGE": int(os.environ.get("WIRED_CONN_MAX_AGE", "60")),
        "ATOMIC_REQUESTS": bool(os.environ.get("WIRED_ATOMIC_REQUESTS")),
    }
    for alias in ("default", "other")
}
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
