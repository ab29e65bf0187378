import dj_database_url

from .base import *

DATABASES = {"default": dj_database_url.config(default="sqlite:///x.sqlite3")}
if True:
    CACHE_SECONDS = 5
