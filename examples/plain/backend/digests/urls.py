"""Addresses of the digest pages, below /digests/."""

from django.urls import path

from . import views

app_name = "digests"

urlpatterns = [
    path("", views.digest_list, name="list"),
    path("write/", views.write_now, name="write"),
]
