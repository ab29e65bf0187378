"""What the catalogue's functions answer with. Money is in cents of a euro, texts are in both languages."""

from pydantic import BaseModel


class Text(BaseModel):
    en: str
    de: str


class ProductSummary(BaseModel):
    id: int
    name: Text
    shape: str
    glaze: str
    price_cents: int
    stock: int


class CatalogPage(BaseModel):
    made_for: str | None
    page: int
    pages: int
    count: int
    products: list[ProductSummary]


class ProductDetail(ProductSummary):
    made_for: str | None
    description: Text


class PublishedReview(BaseModel):
    id: int
    author: str
    rating: int
    body: str
    written_at: str


class ProductReviews(BaseModel):
    made_for: str | None
    average: float | None
    reviews: list[PublishedReview]


class DeliveryOption(BaseModel):
    code: str
    days: tuple[int, int]
    price_cents: int


class Delivery(BaseModel):
    made_for: str | None
    free_from_cents: int
    options: list[DeliveryOption]


def name_of(product):
    return Text(en=product.name_en, de=product.name_de)


def summary_fields_of(product):
    return {
        "id": product.pk,
        "name": name_of(product),
        "shape": product.shape,
        "glaze": product.glaze,
        "price_cents": product.price_cents,
        "stock": product.stock,
    }
