"""What the functions of carts and orders answer with. Money is in cents of a euro."""

from pydantic import BaseModel

from catalogue.shapes import ProductSummary, Text


class CartItem(BaseModel):
    """Without the stock: that changes whenever anybody buys, and carts would change with it."""

    product_id: int
    name: Text
    shape: str
    glaze: str
    price_cents: int
    quantity: int


class Cart(BaseModel):
    made_for: str | None
    items: list[CartItem]
    total_cents: int


class OrderItem(BaseModel):
    product_id: int
    name: Text
    quantity: int
    price_cents: int


class OrderSummary(BaseModel):
    id: int
    state: str
    placed_at: str
    total_cents: int
    items: list[OrderItem]


class Orders(BaseModel):
    made_for: str | None
    orders: list[OrderSummary]


class PlacedOrder(BaseModel):
    order_id: int
    total_cents: int


class WaitingReview(BaseModel):
    id: int
    product_id: int
    product_name: Text
    author: str
    rating: int
    body: str


class Desk(BaseModel):
    made_for: str | None
    open_orders: int
    revenue_cents: int
    low_stock: list[ProductSummary]
    waiting_reviews: list[WaitingReview]
