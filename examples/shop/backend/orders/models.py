"""Carts and orders. A cart's lines follow the catalogue; an order's lines are what was agreed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalogue.models import Product


class CartLine(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="cart_lines", verbose_name=_("user")
    )
    product = models.ForeignKey(Product, models.CASCADE, verbose_name=_("piece"))
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("cart line")
        verbose_name_plural = _("cart lines")
        constraints = [
            models.UniqueConstraint(fields=["user", "product"], name="one_line_per_piece")
        ]

    def __str__(self):
        return f"{self.quantity} × {self.product}"


class Order(models.Model):
    class State(models.TextChoices):
        PLACED = "placed", _("Placed")
        SENT = "sent", _("Sent")
        CANCELLED = "cancelled", _("Cancelled")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="orders", verbose_name=_("user")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLACED)
    placed_at = models.DateTimeField(_("placed"), auto_now_add=True)
    total_cents = models.PositiveIntegerField(_("total in cents"))

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("order")
        verbose_name_plural = _("orders")

    def __str__(self):
        return f"{self.pk}, {self.user}"


class OrderLine(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", verbose_name=_("order"))
    product = models.ForeignKey(Product, models.PROTECT, verbose_name=_("piece"))
    quantity = models.PositiveIntegerField(_("quantity"))
    price_cents = models.PositiveIntegerField(_("price in cents"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")

    def __str__(self):
        return f"{self.quantity} × {self.product}"
