from django.conf.urls.i18n import i18n_patterns
from django.http import Http404, HttpResponse
from django.urls import path, re_path


def page(request):
    return HttpResponse(request.LANGUAGE_CODE)


def gone(request):
    raise Http404


urlpatterns = [re_path(r"^media/(?P<name>.+)$", gone)]
urlpatterns += i18n_patterns(path("", page), path("gone/", gone))
