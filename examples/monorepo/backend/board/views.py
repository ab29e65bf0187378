"""The API."""

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login, logout
from django.db.models import OuterRef, Subquery
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST
from django.views.defaults import page_not_found

from config.version import VERSION

from .changing import Overtaken, change_line
from .forms import ChangeForm, SinceForm
from .json_requests import dispatcher_required, read_payload, refuse, refuse_form
from .models import Board, Change, Line
from .serializing import change_of, line_of

LOG_LENGTH = 30
MOST_CHANGES = 100


@require_GET
def board(request):
    """Everything: each line with its last change, and the newest changes."""
    # First: what is newer than this number may be in the answer, but nothing older is missing.
    version = current_version()
    newest = Change.objects.filter(line=OuterRef("pk")).order_by("-version").values("pk")[:1]
    lines = list(Line.objects.annotate(newest=Subquery(newest)))
    changes = Change.objects.select_related("author")
    by_id = changes.in_bulk([line.newest for line in lines if line.newest is not None])
    return JsonResponse(
        {
            "app": VERSION,
            "version": version,
            "lines": [line_of(line, by_id.get(line.newest)) for line in lines],
            "changes": [change_of(change) for change in changes[:LOG_LENGTH]],
        }
    )


@require_GET
def changes(request):
    """What was changed after a version, oldest first. Not `complete`: too much, ask for the board."""
    form = SinceForm(request.GET)
    if not form.is_valid():
        return refuse_form(form)
    after = form.cleaned_data["after"]
    missed = Change.objects.filter(version__gt=after).order_by("version").select_related("author")
    version = current_version()
    found = list(missed[: MOST_CHANGES + 1])
    return JsonResponse(
        {
            "app": VERSION,
            "complete": len(found) <= MOST_CHANGES and after <= version,
            "changes": [change_of(change) for change in found[:MOST_CHANGES]],
        }
    )


def current_version():
    return Board.objects.filter(pk=1).values_list("version", flat=True).first() or 0


@require_POST
@dispatcher_required
def line(request, line_id):
    """Changes a line; 409 with their change if somebody else was faster."""
    payload = read_payload(request)
    if payload is None:
        return refuse(400, "The body is not a JSON object.")
    form = ChangeForm(payload)
    if not form.is_valid():
        return refuse_form(form)
    found = get_object_or_404(Line, pk=line_id)
    try:
        change = change_line(found, author=request.user, **form.cleaned_data)
    except Overtaken as overtaken:
        theirs = change_of(overtaken.change)
        name = theirs["author"] or "Somebody"
        return refuse(409, f"{name} has changed this line meanwhile.", change=theirs)
    return JsonResponse({"change": change_of(change)}, status=201)


class SessionView(View):
    """Who is signed in. Reading it sets the cookie with the CSRF token."""

    @method_decorator(ensure_csrf_cookie)
    def get(self, request):
        return answer_session(request)

    def post(self, request):
        payload = read_payload(request)
        if payload is None:
            return refuse(400, "The body is not a JSON object.")
        form = AdminAuthenticationForm(request, payload)
        if not form.is_valid():
            return refuse_form(form)
        login(request, form.get_user())
        return answer_session(request)

    def delete(self, request):
        logout(request)
        return answer_session(request)


def answer_session(request):
    user = request.user
    signed_in = {"name": user.get_username()} if user.is_authenticated and user.is_staff else None
    return JsonResponse({"user": signed_in})


def not_found(request, exception):
    """404: JSON below /api/, Django's page elsewhere."""
    if request.path.startswith("/api/"):
        return refuse(404, "There is nothing here.")
    return page_not_found(request, exception)
