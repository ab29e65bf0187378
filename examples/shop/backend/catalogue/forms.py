from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Review


class ReviewForm(forms.ModelForm):
    rating = forms.TypedChoiceField(
        label=_("rating"),
        coerce=int,
        choices=[(stars, "★" * stars) for stars in range(5, 0, -1)],
    )

    class Meta:
        model = Review
        fields = ["author", "rating", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 6})}
