"""Settings of the project that the stand-in's tests run in."""

SECRET_KEY = "a-key-for-tests"
ALLOWED_HOSTS = ["testserver"]
INSTALLED_APPS = [
    "mizan",
    "sample",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
USE_TZ = True

MIZAN_MWT_SECRET = "a-token-secret-of-at-least-32-bytes"
MIZAN_JWT_SECRET = "another-secret-of-at-least-32-bytes"
MIZAN_CACHE_SECRET = "a-cache-secret-of-at-least-32-bytes"
