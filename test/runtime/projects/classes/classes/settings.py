from configurations import Configuration, values


class Base(Configuration):
    SECRET_KEY = values.SecretValue()
    ALLOWED_HOSTS = []
    INSTALLED_APPS = ["django.contrib.contenttypes"]
    ROOT_URLCONF = "classes.urls"
    DATABASES = {}
    USE_TZ = True


class Dev(Base):
    DEBUG = True


class Prod(Base):
    DEBUG = False
    MARK = "prod"
