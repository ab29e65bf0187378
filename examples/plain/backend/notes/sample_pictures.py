"""Drawn landscapes for the sample notes, so that no photo has to be in the repository."""

from io import BytesIO
from math import sin

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1200, 800


def draw_landscape(seed, sky, hills):
    """A JPEG of hills under a sky. `sky` is two colours, top and bottom; `hills` far to near."""
    image = draw_gradient(*sky)
    sun_x, sun_y = 250 + seed * 173 % 700, 150 + seed * 67 % 130
    glow = Image.new("L", (WIDTH, HEIGHT))
    ImageDraw.Draw(glow).ellipse((sun_x - 70, sun_y - 70, sun_x + 70, sun_y + 70), fill=210)
    image.paste((255, 246, 220), mask=glow.filter(ImageFilter.GaussianBlur(14)))
    draw = ImageDraw.Draw(image)
    for index, colour in enumerate(hills):
        base = HEIGHT * (0.48 + 0.15 * index)
        ridge = [(x, base + ridge_offset(x, seed + index * 5)) for x in range(0, WIDTH + 8, 8)]
        draw.polygon([(0, HEIGHT), *ridge, (WIDTH, HEIGHT)], fill=colour)
    target = BytesIO()
    image.save(target, "JPEG", quality=86)
    return ContentFile(target.getvalue())


def draw_gradient(top, bottom):
    """An image that goes from one colour to another, from top to bottom."""
    column = Image.new("RGB", (1, 2))
    column.putdata([top, bottom])
    return column.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def ridge_offset(x, seed):
    """Height of a ridge at `x`, in pixels: three waves that depend on the seed."""
    return 46 * sin(x / 190 + seed) + 20 * sin(x / 71 + seed * 2) + 6 * sin(x / 23 + seed * 3)
