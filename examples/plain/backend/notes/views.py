"""The JSON API. Every write needs Django's CSRF token, as forms do."""

from functools import partial

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login, logout
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST
from django.views.defaults import page_not_found

from .forms import CommentForm, ListForm, NoteForm
from .json_requests import read_payload, refuse, refuse_form, warden_required
from .models import Comment, Note, Tag
from .serializing import comment_of, detail_of, summary_of
from .tasks import prepare_photo
from .version import VERSION

PAGE_SIZE = 12
TAG_LIST_LENGTH = 20


@require_GET
def version(request):
    return JsonResponse({"version": VERSION})


@require_GET
def tags(request):
    """The most used tags, with the number of visible notes of each."""
    used = Tag.objects.annotate(
        note_count=Count("notes", filter=Q(notes__hidden=False))
    ).filter(note_count__gt=0)
    most_used = used.order_by("-note_count", "name")[:TAG_LIST_LENGTH]
    return JsonResponse(
        {"tags": [{"name": tag.name, "noteCount": tag.note_count} for tag in most_used]}
    )


class NotesView(View):
    """The list of notes, and a new one: JSON, or a form with a photo."""

    def get(self, request):
        return answer_page(request, Note.objects.visible())

    def post(self, request):
        payload = read_payload(request)
        if payload is None:
            return refuse(400, "The body is not a JSON object.")
        if isinstance(payload.get("tags"), list):
            payload["tags"] = ",".join(str(name) for name in payload["tags"])
        form = NoteForm(payload, request.FILES)
        if not form.is_valid():
            return refuse_form(form)
        with transaction.atomic():
            note = form.save()
            if note.photo_state == Note.PhotoState.PROCESSING:
                # robust: without a broker the note stands, and the beat schedule catches up.
                # (A function with a name, since Django writes it to the log then.)
                def queue_photo():
                    prepare_photo.delay(note.pk)

                transaction.on_commit(queue_photo, robust=True)
        return JsonResponse(detail_of(Note.objects.for_list().get(pk=note.pk)), status=201)


class NoteView(View):
    """One note with its comments; wardens may hide, show and delete it."""

    def get(self, request, note_id):
        notes = Note.objects.all() if request.user.is_staff else Note.objects.visible()
        return JsonResponse(detail_of(get_object_or_404(notes.for_list(), pk=note_id)))

    @method_decorator(warden_required)
    def patch(self, request, note_id):
        payload = read_payload(request)
        if payload is None or not isinstance(payload.get("hidden"), bool):
            return refuse(400, 'The body is not {"hidden": true} or {"hidden": false}.')
        note = get_object_or_404(Note.objects.for_list(), pk=note_id)
        note.hidden = payload["hidden"]
        note.save(update_fields=["hidden"])
        return JsonResponse(summary_of(note))

    @method_decorator(warden_required)
    def delete(self, request, note_id):
        note = get_object_or_404(Note, pk=note_id)
        files = [file for file in (note.photo, note.thumbnail) if file]
        with transaction.atomic():
            note.delete()
            for file in files:
                transaction.on_commit(partial(file.storage.delete, file.name))
        return JsonResponse({})


@require_POST
def comments(request, note_id):
    note = get_object_or_404(Note.objects.visible(), pk=note_id)
    payload = read_payload(request)
    if payload is None:
        return refuse(400, "The body is not a JSON object.")
    form = CommentForm(payload, instance=Comment(note=note))
    if not form.is_valid():
        return refuse_form(form)
    return JsonResponse(comment_of(form.save()), status=201)


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


@require_GET
@warden_required
def desk(request):
    """Every note, hidden ones too, with the numbers above the list."""
    return answer_page(
        request,
        Note.objects.all(),
        totals={
            **Note.objects.aggregate(
                notes=Count("pk"),
                hidden=Count("pk", filter=Q(hidden=True)),
                processing=Count("pk", filter=Q(photo_state=Note.PhotoState.PROCESSING)),
            ),
            "comments": Comment.objects.count(),
        },
    )


def answer_page(request, notes, **extra):
    """One page of those of `notes` that the query asks for."""
    form = ListForm(request.GET)
    if not form.is_valid():
        return refuse_form(form)
    query = form.cleaned_data
    found = notes.matching(text=query["q"], tag=query["tag"]).for_list()
    page = Paginator(found, PAGE_SIZE).get_page(query["page"] or 1)
    return JsonResponse(
        {
            "notes": [summary_of(note) for note in page],
            "page": page.number,
            "pages": page.paginator.num_pages,
            "count": page.paginator.count,
            **extra,
        }
    )


def answer_session(request):
    user = request.user
    signed_in = {"name": user.get_username()} if user.is_authenticated and user.is_staff else None
    return JsonResponse({"user": signed_in})


def not_found(request, exception):
    """404: JSON below /api/, Django's page elsewhere."""
    if request.path.startswith("/api/"):
        return refuse(404, "There is nothing here.")
    return page_not_found(request, exception)
