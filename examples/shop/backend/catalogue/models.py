"""Pieces of pottery, and what people say about them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Product(models.Model):
    class Shape(models.TextChoices):
        CUP = "cup", _("Cup")
        BOWL = "bowl", _("Bowl")
        PLATE = "plate", _("Plate")
        VASE = "vase", _("Vase")
        JUG = "jug", _("Jug")
        TEAPOT = "teapot", _("Teapot")

    class Glaze(models.TextChoices):
        CELADON = "celadon", _("Celadon")
        COBALT = "cobalt", _("Cobalt")
        OCHRE = "ochre", _("Ochre")
        OXBLOOD = "oxblood", _("Oxblood")
        ASH = "ash", _("Ash")

    name_en = models.CharField(_("name in English"), max_length=80)
    name_de = models.CharField(_("name in German"), max_length=80)
    description_en = models.TextField(_("description in English"))
    description_de = models.TextField(_("description in German"))
    shape = models.CharField(_("shape"), max_length=10, choices=Shape)
    glaze = models.CharField(_("glaze"), max_length=10, choices=Glaze)
    price_cents = models.PositiveIntegerField(_("price in cents"))
    stock = models.PositiveIntegerField(_("pieces in stock"), default=0)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("piece")
        verbose_name_plural = _("pieces")

    def __str__(self):
        return self.name

    @property
    def name(self):
        return self._translated("name")

    @property
    def description(self):
        return self._translated("description")

    def _translated(self, field):
        language = "de" if (get_language() or "").startswith("de") else "en"
        return getattr(self, f"{field}_{language}")


class Review(models.Model):
    """Shown once a member of staff has published it."""

    product = models.ForeignKey(
        Product, models.CASCADE, related_name="reviews", verbose_name=_("piece")
    )
    author = models.CharField(_("your name"), max_length=60)
    rating = models.PositiveSmallIntegerField(
        _("rating"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    body = models.TextField(_("review"), max_length=2000)
    published = models.BooleanField(_("published"), default=False)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("review")
        verbose_name_plural = _("reviews")

    def __str__(self):
        return f"{self.author}: {self.product}"
