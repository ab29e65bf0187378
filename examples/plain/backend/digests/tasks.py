"""The task that writes the digest of a week."""

from datetime import timedelta

from celery import shared_task
from django.db.models import Count, Q, Sum
from django.utils import timezone

from notes.models import Comment, Note, Tag

from .models import Digest

TOP_TAG_COUNT = 5


@shared_task(ignore_result=True)
def write_digest():
    """Write the digest of the week that yesterday belongs to, over an earlier one if need be."""
    yesterday = timezone.localdate() - timedelta(days=1)
    write_digest_of(yesterday - timedelta(days=yesterday.weekday()))


@shared_task(ignore_result=True)
def write_digest_of_this_week():
    """Write the digest of the running week, as far as it goes."""
    today = timezone.localdate()
    write_digest_of(today - timedelta(days=today.weekday()))


def write_digest_of(week_start):
    """Write the digest of the week that begins on the Monday `week_start`."""
    last_day = week_start + timedelta(days=6)
    notes = Note.objects.visible().filter(created_at__date__range=(week_start, last_day))
    comments = Comment.objects.filter(
        note__hidden=False, created_at__date__range=(week_start, last_day)
    )
    tags = Tag.objects.annotate(uses=Count("notes", filter=Q(notes__in=notes)))
    top_tags = tags.filter(uses__gt=0).order_by("-uses", "name")[:TOP_TAG_COUNT]
    totals = notes.aggregate(count=Count("pk"), words=Sum("word_count", default=0))
    Digest.objects.update_or_create(
        week_start=week_start,
        defaults={
            "note_count": totals["count"],
            "comment_count": comments.count(),
            "word_count": totals["words"],
            "top_tags": [tag.name for tag in top_tags],
        },
    )
