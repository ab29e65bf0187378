"""Notes, comments and tags in Django's admin."""

from django.contrib import admin

from .models import Comment, Note, Tag


class CommentInline(admin.TabularInline):
    model = Comment
    extra = 0


@admin.register(Note)
class NoteAdmin(admin.ModelAdmin):
    list_display = ["title", "author", "place", "photo_state", "hidden", "created_at"]
    list_filter = ["hidden", "photo_state", "created_at"]
    search_fields = ["title", "body", "place", "author"]
    readonly_fields = ["word_count", "photo", "thumbnail", "photo_state", "created_at"]
    inlines = [CommentInline]


admin.site.register(Tag)
