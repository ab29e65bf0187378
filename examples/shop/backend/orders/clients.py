"""Contexts `cart`, `orders` and `desk`, and the mutations of buying."""

from typing import Annotated

from django.db.models import Sum
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from pydantic import Field

from accounts.identity import made_for, require_owner
from catalogue.clients import CART, CATALOG, DESK, PRODUCT, ProductId
from catalogue.models import Product, Review
from catalogue.shapes import ProductSummary, name_of, summary_fields_of
from mizan import ReactContext, client
from mizan.setup import register

from . import shapes
from .buying import MAX_QUANTITY, cancel, place_order_of, put_in_cart
from .models import CartLine, Order

ORDERS = ReactContext("orders")
LOW_STOCK = 3

Quantity = Annotated[int, Field(ge=0, le=MAX_QUANTITY)]


@client(context=CART, auth=True)
def cart_contents(request, user_id: int) -> shapes.Cart:
    require_owner(request, user_id)
    return build_cart(request, user_id)


@client(context=ORDERS, auth=True)
def order_list(request, user_id: int) -> shapes.Orders:
    require_owner(request, user_id)
    orders = Order.objects.filter(user=user_id).prefetch_related("lines__product")
    return shapes.Orders(made_for=made_for(request), orders=[summarize(order) for order in orders])


@client(context=DESK, auth="staff", cache=False)
def desk_numbers(request) -> shapes.Desk:
    orders = Order.objects.exclude(state=Order.State.CANCELLED)
    low = Product.objects.filter(stock__lte=LOW_STOCK)
    waiting = Review.objects.filter(published=False).select_related("product")
    return shapes.Desk(
        made_for=made_for(request),
        open_orders=orders.filter(state=Order.State.PLACED).count(),
        revenue_cents=orders.aggregate(sum=Sum("total_cents"))["sum"] or 0,
        low_stock=[ProductSummary(**summary_fields_of(product)) for product in low],
        waiting_reviews=[
            shapes.WaitingReview(
                id=review.pk,
                product_id=review.product_id,
                product_name=name_of(review.product),
                author=review.author,
                rating=review.rating,
                body=review.body,
            )
            for review in waiting
        ],
    )


@client(affects=CART, auth=True)
def add_to_cart(
    request,
    user_id: int,
    product_id: ProductId,
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY)] = 1,
) -> None:
    require_owner(request, user_id)
    put_in_cart(user_id, product_id, quantity, add=True)


@client(merge=CART, auth=True)
def set_cart_quantity(
    request, user_id: int, product_id: ProductId, quantity: Quantity
) -> shapes.Cart:
    """Answers with the new cart, which the frontend puts in place of the old one."""
    require_owner(request, user_id)
    put_in_cart(user_id, product_id, quantity, add=False)
    return build_cart(request, user_id)


@client(affects=[CART, ORDERS, CATALOG, PRODUCT, DESK], auth=True)
def place_order(request, user_id: int) -> shapes.PlacedOrder:
    require_owner(request, user_id)
    order = place_order_of(user_id)
    return shapes.PlacedOrder(order_id=order.pk, total_cents=order.total_cents)


@client(
    affects=[ORDERS, CATALOG, PRODUCT, DESK],
    auth=True,
    route="/orders/<int:order_id>/cancel/",
)
def cancel_order(request, order_id: int) -> HttpResponse:
    """A plain form of the orders page posts here; the answer leads back to the page."""
    order = get_object_or_404(Order, pk=order_id, user=request.user.pk)
    cancel(order.pk)
    return HttpResponseRedirect("/orders")


def build_cart(request, user_id):
    lines = CartLine.objects.filter(user=user_id).select_related("product")
    return shapes.Cart(
        made_for=made_for(request),
        items=[
            shapes.CartItem(
                product_id=line.product_id,
                name=name_of(line.product),
                shape=line.product.shape,
                glaze=line.product.glaze,
                price_cents=line.product.price_cents,
                quantity=line.quantity,
            )
            for line in lines
        ],
        total_cents=sum(line.quantity * line.product.price_cents for line in lines),
    )


def summarize(order):
    return shapes.OrderSummary(
        id=order.pk,
        state=order.state,
        placed_at=order.placed_at.isoformat(),
        total_cents=order.total_cents,
        items=[
            shapes.OrderItem(
                product_id=line.product_id,
                name=name_of(line.product),
                quantity=line.quantity,
                price_cents=line.price_cents,
            )
            for line in order.lines.all()
        ],
    )


for _function in (
    cart_contents,
    order_list,
    desk_numbers,
    add_to_cart,
    set_cart_quantity,
    place_order,
    cancel_order,
):
    register(_function, _function.__name__)
