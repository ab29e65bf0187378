"""The endpoints: `path("api/mizan/", include("mizan.urls"))`."""

from django.urls import path

from . import views

urlpatterns = [
    path("ctx/<str:name>/", views.context_view),
    path("call/", views.call_view),
    path("session/", views.session_view),
]
