"""What Django answers: contexts and calls, accounts, a few pages, the admin. The rest is the React app's."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/mizan/", include("mizan.urls")),
    path("api/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    # Functions that have an address of their own, such as /en/sheet/3/.
    path("", include("mizan.routes")),
    *i18n_patterns(path("review/", include("catalogue.urls"))),
]
