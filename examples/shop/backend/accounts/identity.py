"""Whose data a function may show, and the mark that every answer carries."""

from mizan.errors import Forbidden


def made_for(request):
    """Who an answer is made for: the user's id as a text, or None for nobody.

    The frontend compares it with the user it knows, and shows nothing that was made for another.
    """
    return str(request.user.pk) if request.user.is_authenticated else None


def require_owner(request, user_id):
    """Raises Forbidden unless the user is this one; staff has no exception."""
    # As texts: a token's user knows its id as a text.
    if str(request.user.pk) != str(user_id):
        raise Forbidden("This belongs to somebody else.")
