"""Lines with the state that they are in, and every change that led there, numbered without a gap."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models


class State(models.TextChoices):
    GOOD = "good", "Good service"
    DELAYS = "delays", "Minor delays"
    SEVERE = "severe", "Severe delays"
    SUSPENDED = "suspended", "Not running"


class Board(models.Model):
    """One row: the number of the newest change. Whoever makes the next one locks it."""

    version = models.PositiveBigIntegerField(default=0)


class Line(models.Model):
    number = models.CharField(max_length=4, unique=True)
    name = models.CharField(max_length=80)
    colour = models.CharField(max_length=7, validators=[RegexValidator(r"^#[0-9a-f]{6}$")])
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "number"]

    def __str__(self):
        return f"{self.number} {self.name}"


class Change(models.Model):
    """What a line's state became. `version` orders all changes of the board."""

    version = models.PositiveBigIntegerField(unique=True)
    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="changes")
    state = models.CharField(max_length=10, choices=State)
    message = models.CharField(max_length=280, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-version"]
        indexes = [models.Index(fields=["line", "-version"])]

    def __str__(self):
        return f"{self.version}: {self.line.number} {self.state}"
