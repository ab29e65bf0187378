import environ

from .base import *

env = environ.Env(DEBUG=(bool, False))
DEBUG = env("DEBUG")
SECRET_KEY = env("ENV_SECRET")
AMOUNT = env.int("ENV_AMOUNT")
DATABASES = {"default": env.db("DATABASE_URL")}
