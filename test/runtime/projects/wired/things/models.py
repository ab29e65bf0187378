from django.db import models


class Thing(models.Model):
    title = models.CharField(max_length=80)
    code = models.CharField(max_length=20, null=True, unique=True)


class Audit(models.Model):
    text = models.CharField(max_length=80)
