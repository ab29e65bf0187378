"""The global context: who is signed in."""

from django.contrib.auth import get_user_model
from pydantic import BaseModel

from mizan import client
from mizan.setup import register

from .identity import made_for


class CurrentUser(BaseModel):
    made_for: str | None
    id: int | None
    name: str
    is_staff: bool


@client(context="global")
def current_user(request) -> CurrentUser:
    """For everybody: without a sign-in it says that there is nobody."""
    user = None
    if request.user.is_authenticated:
        # A token knows the id alone.
        user = get_user_model().objects.filter(pk=request.user.pk, is_active=True).first()
    return CurrentUser(
        made_for=made_for(request),
        id=user.pk if user else None,
        name=user.get_username() if user else "",
        is_staff=bool(user and user.is_staff),
    )


register(current_user, "current_user")
