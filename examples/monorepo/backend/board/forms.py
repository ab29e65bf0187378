"""What a dispatcher sends, and what a browser asks for."""

from django import forms

from .models import State


class ChangeForm(forms.Form):
    state = forms.ChoiceField(choices=State)
    message = forms.CharField(max_length=280, required=False)
    seen = forms.IntegerField(min_value=0)

    def clean(self):
        fields = super().clean()
        if fields.get("state") not in (None, State.GOOD) and not fields.get("message"):
            self.add_error("message", "Say in a sentence what passengers should know.")
        return fields


class SinceForm(forms.Form):
    after = forms.IntegerField(min_value=0, max_value=2**63 - 1)
