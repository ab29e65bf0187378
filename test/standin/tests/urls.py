"""The endpoints at their usual place, and the functions with routes at the root."""

from django.urls import include, path

urlpatterns = [path("api/mizan/", include("mizan.urls")), path("", include("mizan.routes"))]
