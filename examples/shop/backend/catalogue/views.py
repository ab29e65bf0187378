"""The review form: plain Django, in two languages, with the CSRF token that every form has."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from .forms import ReviewForm
from .models import Product, Review


def write_review(request, product_id):
    """Nothing that is cached shows the new review: that waits until staff publishes it."""
    product = get_object_or_404(Product, pk=product_id)
    form = ReviewForm(request.POST or None, instance=Review(product=product))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Thank you. We read every review before we publish it."))
        return redirect("review", product_id=product_id)
    return render(request, "catalogue/review.html", {"product": product, "form": form})
