"""Signing up, in and out. Plain Django: Mizan begins where somebody is signed in, or nobody."""

import json

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.forms import AuthenticationForm, UserCreationForm
from django.http import JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache


@method_decorator(never_cache, name="dispatch")
class SessionView(View):
    """POST signs in, DELETE signs out."""

    def post(self, request):
        fields = read_fields(request)
        if fields is None:
            return refuse_body()
        form = AuthenticationForm(request, fields)
        if not form.is_valid():
            return refuse_form(form)
        login(request, form.get_user())
        return answer_user(request.user)

    def delete(self, request):
        logout(request)
        return JsonResponse({"user": None})


@method_decorator(never_cache, name="dispatch")
class AccountsView(View):
    """POST makes an account and signs in."""

    def post(self, request):
        fields = read_fields(request)
        if fields is None:
            return refuse_body()
        password = fields.get("password")
        form = UserCreationForm({**fields, "password1": password, "password2": password})
        if not form.is_valid():
            return refuse_form(form)
        form.save()
        user = authenticate(request, username=form.cleaned_data["username"], password=password)
        login(request, user)
        return answer_user(user, status=201)


def read_fields(request):
    """The JSON object of the body, or None."""
    try:
        fields = json.loads(request.body)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


def answer_user(user, status=200):
    return JsonResponse({"user": {"id": user.pk, "name": user.get_username()}}, status=status)


def refuse_body():
    return JsonResponse(envelope("BAD_REQUEST", "The body is not a JSON object."), status=400)


def refuse_form(form):
    """As the protocol's errors look, with the form's messages by field."""
    fields = {
        # The one field here stands for both of Django's.
        "password" if name.startswith("password") else name: [str(error) for error in errors]
        for name, errors in form.errors.items()
    }
    message = " ".join(str(error) for error in form.non_field_errors()) or "Please check the form."
    return JsonResponse(envelope("VALIDATION_ERROR", message, fields), status=422)


def envelope(code, message, details=None):
    error = {"code": code, "message": message}
    return {"error": error if details is None else {**error, "details": details}}
