SECRET_KEY = "a-real-key-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"
INSTALLED_APPS = ["django.contrib.contenttypes"]
ROOT_URLCONF = "variants.urls"
DATABASES = {}
USE_TZ = True
