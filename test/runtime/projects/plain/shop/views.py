import time

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from .models import Order


def home(request):
    return HttpResponse("home")


def missing(request):
    raise Http404("no such item")


def error(request):
    raise RuntimeError("the view is broken")


def slow(request):
    time.sleep(float(request.GET.get("seconds", "1")))
    return HttpResponse("slow answer")


def about_request(request):
    return JsonResponse(
        {
            "settings": settings.SETTINGS_MODULE,
            "debug": settings.DEBUG,
            "secure": request.is_secure(),
            "host": request.get_host(),
            "client": request.META.get("REMOTE_ADDR"),
        }
    )


@csrf_exempt
def buy(request):
    Order.objects.create(title="a thing")
    return HttpResponse("bought")


def count(request):
    return HttpResponse(str(Order.objects.count()))
