"""Reading JSON requests and answering with JSON."""

import json
from functools import wraps

from django.http import JsonResponse


def read_payload(request):
    """Fields of a JSON request as a dict; None if the body is not a JSON object."""
    try:
        payload = json.loads(request.body)
        # JSON can spell half of a character ("\\ud800"), which no database takes.
        json.dumps(payload, ensure_ascii=False).encode()
    except ValueError:
        return None
    return payload if isinstance(payload, dict) else None


def refuse(status, message, **extra):
    """An answer that says in one sentence why not."""
    return JsonResponse({"error": message, **extra}, status=status)


def refuse_form(form):
    """400 with the messages of each field; those about the whole form are under `__all__`."""
    errors = {field: list(messages) for field, messages in form.errors.items()}
    return refuse(400, "Please check the form.", errors=errors)


def dispatcher_required(view):
    """Let only people who are signed in and work here pass."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return refuse(401, "Sign in first.")
        if not request.user.is_staff:
            return refuse(403, "This account has no access to the desk.")
        return view(request, *args, **kwargs)

    return guarded
