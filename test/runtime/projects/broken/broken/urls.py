from django.urls import path

from . import views

urlpatterns = [path("", views.no_such_view)]
