from django.urls import path

from . import views

urlpatterns = [path("<int:product_id>/", views.write_review, name="review")]
