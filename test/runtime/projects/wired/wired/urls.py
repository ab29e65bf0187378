from django.urls import include, path, re_path
from things import views

urlpatterns = [
    path("do/<slug:name>/", views.do),
    path("ado/<slug:name>/", views.do_async),
    path("late/<slug:name>/", views.late),
    path("page/<slug:name>/", views.page),
    path("stream/", views.stream),
    path("background/", views.background),
    path("count/", views.count),
    path("ctx/things/", views.count),
    path("timeouts/", views.timeouts),
    path("upload/", views.upload),
    path("invalidate/", views.invalidate),
    path("shop/", include([re_path(r"^items/(?P<pk>[0-9]{1,9})/?$", views.item)])),
    re_path(r"^odd/(\d+)/$", views.item),
]
