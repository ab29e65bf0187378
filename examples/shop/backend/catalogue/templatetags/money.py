"""`{{ product.price_cents|euros }}`: `€24.00`, or `24,00 €` in German."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language

register = template.Library()


@register.filter
def euros(cents):
    amount = number_format(cents / 100, decimal_pos=2)
    return f"{amount} €" if (get_language() or "").startswith("de") else f"€{amount}"
