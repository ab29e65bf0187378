"""What Django answers: the API and the admin. The rest is the React app's."""

from django.contrib import admin
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import include, path

urlpatterns = [
    path("api/", include("board.urls")),
    path("admin/", admin.site.urls),
    *staticfiles_urlpatterns(),  # with DEBUG alone
]

handler404 = "board.views.not_found"
