from django.urls import path

urlpatterns = [path("ctx/<str:name>/", lambda request, name: None)]
