from decouple import config

from .base import *

SECRET_KEY = config("COUPLE_SECRET")
EMAIL_PORT = config("COUPLE_PORT", cast=int)
DEBUG = config("COUPLE_DEBUG", default=False, cast=bool)
