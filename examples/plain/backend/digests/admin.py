"""Digests in Django's admin."""

from django.contrib import admin

from .models import Digest


@admin.register(Digest)
class DigestAdmin(admin.ModelAdmin):
    list_display = ["week_start", "note_count", "comment_count", "written_at"]
