"""What Django answers: the API, the digest pages, the admin. The rest is the React app's."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/", include("notes.urls")),
    path("digests/", include("digests.urls")),
    path("admin/", admin.site.urls),
    # Only with DEBUG; in production the web server in front serves uploaded files.
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]

handler404 = "notes.views.not_found"
