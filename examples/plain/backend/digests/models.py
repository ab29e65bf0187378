"""The digest of one week."""

from datetime import timedelta

from django.db import models


class Digest(models.Model):
    """Numbers of one week, written by a nightly task."""

    week_start = models.DateField(unique=True, help_text="The Monday of the week.")
    note_count = models.PositiveIntegerField()
    comment_count = models.PositiveIntegerField()
    word_count = models.PositiveIntegerField()
    top_tags = models.JSONField(default=list, help_text="Names, the most used first.")
    written_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-week_start"]

    def __str__(self):
        return f"Week of {self.week_start:%d %B %Y}"

    @property
    def week_end(self):
        """The Sunday of the week."""
        return self.week_start + timedelta(days=6)
