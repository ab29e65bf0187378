from django.urls import path

from . import views

urlpatterns = [
    path("session/", views.SessionView.as_view()),
    path("accounts/", views.AccountsView.as_view()),
]
