from django.contrib import admin

from .models import Order, OrderLine


class OrderLineInline(admin.TabularInline):
    model = OrderLine
    extra = 0


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["pk", "user", "state", "total_cents", "placed_at"]
    list_editable = ["state"]
    list_filter = ["state"]
    inlines = [OrderLineInline]
