from django.db import models


class Order(models.Model):
    title = models.CharField(max_length=80)
    note = models.TextField(null=True)
