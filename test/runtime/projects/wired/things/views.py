import asyncio
import time

from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.template.response import TemplateResponse

from . import operations
from .models import Thing


def do(request, name):
    getattr(operations, name)()
    return HttpResponse("done")


async def do_async(request, name):
    await sync_to_async(getattr(operations, name))()
    return HttpResponse("done")


BACKGROUND = set()


async def background(request):
    """Answers at once and writes later, as a task that nobody waits for."""

    async def write_later():
        await asyncio.sleep(float(request.GET["seconds"]))
        await sync_to_async(operations.creates, thread_sensitive=False)()

    task = asyncio.ensure_future(write_later())
    BACKGROUND.add(task)
    task.add_done_callback(BACKGROUND.discard)
    return HttpResponse("started")


def pause(request):
    time.sleep(float(request.GET.get("seconds", "0")))


def late(request, name):
    """Writes that meet the deadline at the place that `name` says."""
    if name == "before_write":
        pause(request)
        operations.creates()
    if name == "before_commit":
        with transaction.atomic():
            operations.creates()
            pause(request)
    if name == "after_commit":
        operations.creates()
        pause(request)
    if name == "between":
        operations.creates()
        pause(request)
        operations.creates()
    if name == "swallowed":
        pause(request)
        try:
            operations.creates()
        except DatabaseError:
            pass
    if name == "session":
        operations.creates()
        pause(request)
        request.session["seen"] = time.time()
    if name == "statement":
        operations.execute(request.GET["sql"])
    if name == "elsewhere":
        # As on a database of which the runtime knows no timeouts.
        connection.ensure_connection()
        connection.connection.create_function("pause", 1, time.sleep)
        connection.vendor = "mysql"
        try:
            operations.execute("%s SELECT 'slow' WHERE pause(0.7) IS NULL" % operations.INTO)
        finally:
            del connection.vendor
    if name == "row":
        Thing.objects.filter(title="locked").update(title="locked")
    if name == "locks":
        with transaction.atomic():
            list(Thing.objects.select_for_update().filter(title="locked"))
    return HttpResponse("answered")


def page(request, name):
    if name == "session":
        request.session.get("x")
    if name == "session_key":
        str(request.session.session_key)
    if name == "writes_session":
        request.session["x"] = time.time()
    if name == "user":
        bool(request.user.is_authenticated)
    if name in ("plain_template", "user_template"):
        template = "plain.html" if name == "plain_template" else "user.html"
        return TemplateResponse(request, template, {"user_of": request})
    return HttpResponse("x" * int(request.GET.get("size", "1")))


def stream(request):
    def chunks():
        yield "first "
        time.sleep(float(request.GET.get("seconds", "0")))
        Thing.objects.create(title="streamed")
        yield "second"

    return StreamingHttpResponse(chunks())


def count(request):
    return JsonResponse(sorted(Thing.objects.values_list("title", flat=True)), safe=False)


def timeouts(request):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA busy_timeout")
            return HttpResponse(str(cursor.fetchone()[0]))
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
        return HttpResponse(" ".join(cursor.fetchone()))


def upload(request):
    """Writes where `?write=` says, seen from the reading of its body; by default after it."""
    pause(request)
    place = request.GET.get("write", "after")
    if place in ("before", "instead"):
        operations.creates()
    if place == "transaction":
        with transaction.atomic():
            operations.creates()
            size = len(request.read())
    if place == "swallowed":
        try:
            operations.creates()
        except DatabaseError:
            pass
    if place in ("instead", "never"):
        return HttpResponse("unread", status=200 if place == "instead" else 413)
    if place != "transaction":
        size = len(request.read())
    if place == "after":
        operations.creates()
    return HttpResponse(str(size))


def invalidate(request):
    operations.creates()
    pause(request)
    try:
        operations.creates()
    except DatabaseError:
        pass
    response = HttpResponse("x", status=201)
    response["X-Mizan-Invalidate"] = "thing;id=5, things"
    return response


def item(request, *args, **kwargs):
    return HttpResponse("item")
