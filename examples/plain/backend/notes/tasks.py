"""Work that no visitor waits for: thumbnails."""

import logging
from pathlib import PurePosixPath

from celery import shared_task
from PIL import Image

from .models import Note
from .photos import build_thumbnail

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def prepare_photo(note_id):
    """Make the thumbnail of one note. Safe to repeat; a note that is gone or done is left alone."""
    note = Note.objects.filter(pk=note_id, photo_state=Note.PhotoState.PROCESSING).first()
    if note is None:
        return
    try:
        thumbnail = build_thumbnail(note.photo)
    except (OSError, Image.DecompressionBombError):
        logger.exception("The photo of note %s cannot be read", note_id)
        note.photo_state = Note.PhotoState.FAILED
    else:
        stem = PurePosixPath(note.photo.name).stem
        note.thumbnail.save(f"{stem}.webp", thumbnail, save=False)
        note.photo_state = Note.PhotoState.READY
    note.save(update_fields=["thumbnail", "photo_state"])


@shared_task(ignore_result=True)
def prepare_waiting_photos():
    """Make the thumbnails that are still missing, whose own task may have been lost."""
    waiting = Note.objects.filter(photo_state=Note.PhotoState.PROCESSING)
    for note_id in waiting.values_list("pk", flat=True):
        prepare_photo(note_id)
