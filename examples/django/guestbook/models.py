"""What guests write."""

from django.db import models


class Entry(models.Model):
    """A line in the book."""

    name = models.CharField(max_length=50)
    text = models.TextField()
    shown = models.BooleanField(default=False)
