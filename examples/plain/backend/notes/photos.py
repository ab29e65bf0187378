"""Thumbnails of photos."""

from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageOps

THUMBNAIL_SIZE_PIXELS = (960, 720)


def build_thumbnail(photo):
    """A WebP file that fits into THUMBNAIL_SIZE_PIXELS, upright, without the camera's metadata.

    Raises OSError or Image.DecompressionBombError if the photo cannot be decoded.
    """
    with photo.open("rb") as source, Image.open(source) as image:
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail(THUMBNAIL_SIZE_PIXELS)
        target = BytesIO()
        has_alpha = "A" in upright.getbands() or "transparency" in upright.info
        upright.convert("RGBA" if has_alpha else "RGB").save(target, "WEBP", quality=80)
    return ContentFile(target.getvalue())
