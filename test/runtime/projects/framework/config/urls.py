from django.urls import include, path, re_path

urlpatterns = [
    path("api/", include([path("mizan/", include("mizan.urls"))])),
    re_path(r"^other/$", lambda request: None),
]
