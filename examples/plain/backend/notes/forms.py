"""What the API accepts: every value that comes from outside passes one of these forms."""

from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError

from .models import Comment, Note, Tag

PHOTO_SIZE_LIMIT_BYTES = 8 * 1024 * 1024
PHOTO_SUFFIXES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
TAG_COUNT_LIMIT = 6


class ListForm(forms.Form):
    """The query of a list of notes."""

    page = forms.IntegerField(required=False, min_value=1)
    q = forms.CharField(required=False, max_length=100)
    tag = forms.CharField(required=False, max_length=30)


class NoteForm(forms.ModelForm):
    """A new note. `tags` is a text with commas."""

    tags = forms.CharField(required=False, max_length=200)

    class Meta:
        model = Note
        fields = ["title", "body", "place", "author", "photo"]

    def clean_tags(self):
        names = [" ".join(name.lower().split()) for name in self.cleaned_data["tags"].split(",")]
        names = list(dict.fromkeys(name for name in names if name))
        if len(names) > TAG_COUNT_LIMIT:
            raise ValidationError(f"Use at most {TAG_COUNT_LIMIT} tags.")
        if any(len(name) > 30 for name in names):
            raise ValidationError("A tag has at most 30 characters.")
        return names

    def clean_photo(self):
        photo = self.cleaned_data["photo"]
        if not photo:
            return ""
        if photo.size > PHOTO_SIZE_LIMIT_BYTES:
            raise ValidationError("The photo is larger than 8 MB.")
        suffix = PHOTO_SUFFIXES.get(photo.image.format)
        if suffix is None:
            raise ValidationError("Use a JPEG, PNG or WebP photo.")
        # A name of our own: the visitor's may hold anything, and decides the type it is served with.
        photo.name = f"{uuid4().hex}.{suffix}"
        return photo

    def save(self, commit=True):
        """Save the note with its tags; a photo waits for the task that makes its thumbnail."""
        if self.cleaned_data["photo"]:
            self.instance.photo_state = Note.PhotoState.PROCESSING
        note = super().save(commit)
        names = self.cleaned_data["tags"]
        if names:
            # Sorted, so that two notes that bring the same new tags never wait for each other.
            names = sorted(names)
            Tag.objects.bulk_create([Tag(name=name) for name in names], ignore_conflicts=True)
            note.tags.set(Tag.objects.filter(name__in=names))
        return note


class CommentForm(forms.ModelForm):
    """A new comment."""

    class Meta:
        model = Comment
        fields = ["author", "body"]
