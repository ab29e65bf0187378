import os

from celery import Celery

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
app = Celery("config")
app.config_from_object("django.conf:settings", namespace="CELERY")


@app.task
def tick():
    return "ticked"
