from django.contrib import admin

from .models import Change, Line


@admin.register(Line)
class LineAdmin(admin.ModelAdmin):
    list_display = ["number", "name", "colour", "position"]


@admin.register(Change)
class ChangeAdmin(admin.ModelAdmin):
    """For reading: a change that is told to nobody would be none."""

    list_display = ["version", "line", "state", "message", "author", "at"]
    list_select_related = ["line", "author"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
