"""The functions. `catalog`, `user`, `update_profile` and `stripe_webhook` are those of the page's example."""

from typing import Literal

from django.http import Http404, HttpResponse, HttpResponseRedirect
from pydantic import BaseModel

from mizan import ReactContext, client
from mizan.errors import BadRequest
from mizan.setup import register

USER = ReactContext("user")
runs = []


class Basket(BaseModel):
    owner: int
    pieces: list[str]


@client(context="catalog")
def catalog_page(request, page: int = 1) -> dict:
    runs.append(("catalog_page", page))
    return {"page": page, "made_for": str(request.user.pk), "items": ["ä", "b"]}


@client(context=USER, route="/profile/:user_id/")
def profile_page(request, user_id: int) -> HttpResponse:
    return HttpResponse(f"<p>Profile {user_id} for {request.user}</p>")


@client(context=USER)
def user_profile(request, user_id: int) -> dict:
    return {"id": user_id}


@client(affects="subscription", private=True, route="/webhooks/stripe/")
def stripe_webhook(request) -> HttpResponse:
    return HttpResponse("ok")


@client(affects=USER)
def update_profile(request, user_id: int, name: str = "") -> dict:
    return {"id": user_id, "name": name}


@client(context="list", rev=3, cache=60)
def list_page(request, active: bool, page: int = 1) -> dict:
    return {"active": active, "page": page}


@client(context="list", rev=1, cache=600)
def list_total(request) -> int:
    return 2


@client(context="basket", auth=True, cache=False)
def basket(request, owner_id: int) -> Basket:
    return Basket(owner=owner_id, pieces=[])


@client(context="basket", cache=60)
def basket_size(request, owner_id: int) -> int:
    return 0


@client(merge="basket", auth=True)
def add_piece(request, owner_id: int, piece: str) -> Basket:
    return Basket(owner=owner_id, pieces=[piece])


@client(affects=["user", "catalog", "list"], auth="staff")
def rename_all(request, user_id: int, active: bool = True, note: str | None = None) -> None:
    return None


@client(affects=user_profile)
def touch_profile(request, user_id: int | None = None) -> str:
    return "touched"


@client(affects="list", route="/lists/<int:page>/archive/", methods=["POST", "DELETE"])
def archive_list(request, page: int) -> HttpResponse:
    if page == 404:
        raise Http404
    return HttpResponseRedirect("/lists/") if page < 100 else HttpResponse("no", status=409)


@client
def break_something(request, how: Literal["badly", "politely"]) -> str:
    if how == "politely":
        raise BadRequest("That was too much.", {"limit": 3})
    raise RuntimeError("a secret detail")


@client(auth=lambda request: request.headers.get("X-Door") == "open")
def behind_the_door(request) -> str:
    return "in"


for _function in (
    catalog_page,
    profile_page,
    user_profile,
    stripe_webhook,
    update_profile,
    list_page,
    list_total,
    basket,
    basket_size,
    add_piece,
    rename_all,
    touch_profile,
    archive_list,
    break_something,
    behind_the_door,
):
    register(_function, _function.__name__)
