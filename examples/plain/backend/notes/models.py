"""Notes, their tags and their comments."""

from django.db import models
from django.db.models.functions import Coalesce


class Tag(models.Model):
    """A word by which notes are found again; always lower case."""

    name = models.CharField(max_length=30, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class NoteQuerySet(models.QuerySet):
    def visible(self):
        """Leave out what the wardens have hidden."""
        return self.filter(hidden=False)

    def matching(self, text="", tag=""):
        """Notes that have `text` in title, body or place, and carry `tag`; empty means any."""
        notes = self
        if text:
            notes = notes.filter(
                models.Q(title__icontains=text)
                | models.Q(body__icontains=text)
                | models.Q(place__icontains=text)
            )
        if tag:
            notes = notes.filter(tags__name=tag.lower())
        return notes

    def for_list(self):
        """Load what a list shows in two queries, however long the list is."""
        # A subquery and not a join: it is computed for the rows of one page only.
        comments = (
            Comment.objects.filter(note=models.OuterRef("pk"))
            .order_by()
            .values("note")
            .annotate(total=models.Count("pk"))
            .values("total")
        )
        return self.annotate(
            comment_count=Coalesce(models.Subquery(comments), 0)
        ).prefetch_related("tags")


class Note(models.Model):
    """One observation."""

    class PhotoState(models.TextChoices):
        NONE = "none"
        PROCESSING = "processing"
        READY = "ready"
        FAILED = "failed"

    title = models.CharField(max_length=120)
    body = models.TextField(max_length=5000)
    place = models.CharField(max_length=80, blank=True)
    author = models.CharField(max_length=60)
    tags = models.ManyToManyField(Tag, blank=True, related_name="notes")
    word_count = models.PositiveIntegerField(default=0, editable=False)
    # The columns of a later migration have defaults in the database too, so that the previous
    # release can go on writing notes while the next one starts.
    photo = models.ImageField(upload_to="photos/%Y/%m", blank=True, default="", db_default="")
    thumbnail = models.ImageField(
        upload_to="thumbnails/%Y/%m", blank=True, editable=False, default="", db_default=""
    )
    photo_state = models.CharField(
        max_length=10,
        choices=PhotoState,
        editable=False,
        default=PhotoState.NONE,
        db_default=PhotoState.NONE,
    )
    hidden = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="note_newest_first")]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.word_count = len(self.body.split())
        super().save(*args, **kwargs)


class Comment(models.Model):
    """What somebody else has to say about a note."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="comments")
    author = models.CharField(max_length=60)
    body = models.TextField(max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self):
        return f"{self.author}: {self.body[:40]}"
