"""Contexts `catalog`, `product` and `delivery`, and what staff does to pieces and reviews."""

from typing import Annotated, Literal

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import translation
from pydantic import Field

from accounts.identity import made_for
from mizan import ReactContext, client
from mizan.setup import register

from . import shapes
from .models import Product, Review

PAGE_SIZE = 6

CATALOG = ReactContext("catalog")
PRODUCT = ReactContext("product")
# Declared in orders, which knows this app; named here because what staff does shows there too.
CART = ReactContext("cart")
DESK = ReactContext("desk")

ProductId = Annotated[int, Field(ge=1, le=2**31)]


@client(context=CATALOG)
def catalog_page(request, page: Annotated[int, Field(ge=1, le=1000)] = 1) -> shapes.CatalogPage:
    found = Paginator(Product.objects.all(), PAGE_SIZE).get_page(page)
    return shapes.CatalogPage(
        made_for=made_for(request),
        page=found.number,
        pages=found.paginator.num_pages,
        count=found.paginator.count,
        products=[shapes.ProductSummary(**shapes.summary_fields_of(p)) for p in found],
    )


@client(context=PRODUCT)
def product_detail(request, product_id: ProductId) -> shapes.ProductDetail:
    product = get_object_or_404(Product, pk=product_id)
    return shapes.ProductDetail(
        **shapes.summary_fields_of(product),
        made_for=made_for(request),
        description=shapes.Text(en=product.description_en, de=product.description_de),
    )


@client(context=PRODUCT)
def product_reviews(request, product_id: ProductId) -> shapes.ProductReviews:
    reviews = list(Review.objects.filter(product=product_id, published=True))
    ratings = [review.rating for review in reviews]
    return shapes.ProductReviews(
        made_for=made_for(request),
        average=round(sum(ratings) / len(ratings), 1) if ratings else None,
        reviews=[
            shapes.PublishedReview(
                id=review.pk,
                author=review.author,
                rating=review.rating,
                body=review.body,
                written_at=review.created_at.isoformat(),
            )
            for review in reviews
        ],
    )


@client(context=PRODUCT, route="/<str:lang>/sheet/<int:product_id>/")
def product_sheet(request, lang: Literal["en", "de"], product_id: ProductId) -> HttpResponse:
    """A page to print: the piece with its price, as a shop window has it."""
    product = get_object_or_404(Product, pk=product_id)
    with translation.override(lang):
        context = {"product": product, "made_for": made_for(request)}
        return render(request, "catalogue/sheet.html", context)


@client(context=PRODUCT, route="/<str:lang>/card/<int:product_id>/")
def product_card(request, lang: Literal["en", "de"], product_id: ProductId) -> HttpResponse:
    """A greeting card with the piece on it: a React component as a part of Django's page."""
    product = get_object_or_404(Product, pk=product_id)
    props = {
        "language": lang,
        "name": shapes.name_of(product).model_dump(),
        "shape": product.shape,
        "glaze": product.glaze,
    }
    with translation.override(lang):
        card = render_to_string("greeting-card.tsx", props)
        return render(request, "catalogue/card.html", {"product": product, "card": card})


# Prices of parcels change with a contract, not with a click: a minute late is soon enough.
@client(context="delivery", cache=60, rev=2)
def delivery_options(request) -> shapes.Delivery:
    return shapes.Delivery(
        made_for=made_for(request),
        free_from_cents=12000,
        options=[
            shapes.DeliveryOption(code="standard", days=(3, 5), price_cents=690),
            shapes.DeliveryOption(code="express", days=(1, 2), price_cents=1490),
            shapes.DeliveryOption(code="pickup", days=(0, 1), price_cents=0),
        ],
    )


@client(affects=[PRODUCT, CATALOG, DESK], auth="staff")
def restock(
    request, product_id: ProductId, quantity: Annotated[int, Field(ge=1, le=1000)]
) -> shapes.ProductSummary:
    product = get_object_or_404(Product, pk=product_id)
    Product.objects.filter(pk=product_id).update(stock=F("stock") + quantity)
    product.refresh_from_db()
    return shapes.ProductSummary(**shapes.summary_fields_of(product))


# Carts show the price too, everybody's.
@client(affects=[PRODUCT, CATALOG, CART, DESK], auth="staff")
def set_price(
    request, product_id: ProductId, price_cents: Annotated[int, Field(ge=100, le=1_000_000)]
) -> shapes.ProductSummary:
    product = get_object_or_404(Product, pk=product_id)
    product.price_cents = price_cents
    product.save(update_fields=["price_cents"])
    return shapes.ProductSummary(**shapes.summary_fields_of(product))


@client(affects=[PRODUCT, DESK], auth="staff")
def publish_review(request, product_id: ProductId, review_id: int) -> None:
    review = get_object_or_404(Review, pk=review_id, product=product_id)
    review.published = True
    review.save(update_fields=["published"])


for _function in (
    catalog_page,
    product_detail,
    product_reviews,
    product_sheet,
    product_card,
    delivery_options,
    restock,
    set_price,
    publish_review,
):
    register(_function, _function.__name__)
