"""Buying and its undoing: stock, cart and order change together or not at all."""

from django.db import transaction
from django.db.models import F

from catalogue.models import Product
from mizan.errors import BadRequest

from .models import CartLine, Order, OrderLine

MAX_QUANTITY = 20


@transaction.atomic
def put_in_cart(user_id, product_id, quantity, *, add):
    """Sets the quantity of a piece, or adds to it; 0 takes the piece out.

    Raises BadRequest when there are not as many.
    """
    product = _lock_products([product_id]).first()
    if product is None:
        raise BadRequest("We do not make this piece.")
    line = CartLine.objects.filter(user=user_id, product=product_id).first()
    wanted = quantity + (line.quantity if add and line else 0)
    if wanted == 0:
        CartLine.objects.filter(user=user_id, product=product_id).delete()
        return
    _require_stock(product, wanted)
    if wanted > MAX_QUANTITY:
        raise BadRequest(f"At most {MAX_QUANTITY} of a piece: ask us for more.")
    CartLine.objects.update_or_create(
        user_id=user_id, product=product, defaults={"quantity": wanted}
    )


@transaction.atomic
def place_order_of(user_id):
    """Turns the cart into an order and takes the pieces out of stock."""
    lines = list(CartLine.objects.filter(user=user_id).select_related("product"))
    if not lines:
        raise BadRequest("The cart is empty.")
    products = {p.pk: p for p in _lock_products([line.product_id for line in lines])}
    for line in lines:
        _require_stock(products[line.product_id], line.quantity)
    order = Order.objects.create(
        user_id=user_id,
        total_cents=sum(line.quantity * products[line.product_id].price_cents for line in lines),
    )
    for line in lines:
        product = products[line.product_id]
        OrderLine.objects.create(
            order=order, product=product, quantity=line.quantity, price_cents=product.price_cents
        )
        Product.objects.filter(pk=product.pk).update(stock=F("stock") - line.quantity)
    CartLine.objects.filter(user=user_id).delete()
    return order


@transaction.atomic
def cancel(order_id):
    """Puts the pieces of a placed order back. Does nothing for any other order."""
    # The update is the lock: of two cancellations only one changes a row.
    placed = Order.objects.filter(pk=order_id, state=Order.State.PLACED)
    if not placed.update(state=Order.State.CANCELLED):
        return
    for line in OrderLine.objects.filter(order=order_id):
        Product.objects.filter(pk=line.product_id).update(stock=F("stock") + line.quantity)


def _lock_products(ids):
    # In one order, so that two buyers of the same pieces wait instead of blocking each other.
    return Product.objects.select_for_update().filter(pk__in=ids).order_by("pk")


def _require_stock(product, quantity):
    if quantity > product.stock:
        raise BadRequest(
            "There are not as many left.", {"product_id": product.pk, "stock": product.stock}
        )
