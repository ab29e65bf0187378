SECRET_KEY = "a-real-key-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"
INSTALLED_APPS = []
ROOT_URLCONF = "broken.urls"
WSGI_APPLICATION = "broken.wsgi.application"
DATABASES = {}
USE_TZ = True
