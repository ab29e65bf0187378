"""The API, below /api/."""

from django.urls import path

from . import views

urlpatterns = [
    path("session/", views.SessionView.as_view()),
    path("board/", views.board),
    path("changes/", views.changes),
    path("lines/<int:line_id>/", views.line),
]
