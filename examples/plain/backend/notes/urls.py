"""Addresses of the API, below /api/."""

from django.urls import path

from . import views

urlpatterns = [
    path("version/", views.version),
    path("session/", views.SessionView.as_view()),
    path("tags/", views.tags),
    path("notes/", views.NotesView.as_view()),
    path("notes/<int:note_id>/", views.NoteView.as_view()),
    path("notes/<int:note_id>/comments/", views.comments),
    path("desk/", views.desk),
]
