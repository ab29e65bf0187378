from django.urls import path
from shop import views

urlpatterns = [
    path("", views.home),
    path("missing-item/", views.missing),
    path("error/", views.error),
    path("slow/", views.slow),
    path("about-request/", views.about_request),
    path("buy/", views.buy),
    path("count/", views.count),
]
