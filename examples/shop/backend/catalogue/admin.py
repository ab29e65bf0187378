from django.contrib import admin

from .models import Product, Review


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["name", "shape", "glaze", "price_cents", "stock"]
    list_editable = ["price_cents", "stock"]
    list_filter = ["shape", "glaze"]
    search_fields = ["name_en", "name_de"]


@admin.register(Review)
class ReviewAdmin(admin.ModelAdmin):
    list_display = ["product", "author", "rating", "published", "created_at"]
    list_editable = ["published"]
    list_filter = ["published", "rating"]
