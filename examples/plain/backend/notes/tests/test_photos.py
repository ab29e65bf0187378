"""Photos: upload, thumbnail, deletion."""

import shutil
import tempfile
from io import BytesIO, StringIO
from pathlib import Path
from unittest import mock

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import TestCase, override_settings
from kombu.exceptions import OperationalError
from PIL import Image

from notes.models import Note
from notes.tasks import prepare_photo, prepare_waiting_photos


def picture(image_format="JPEG", size=(1600, 1000), exif=None):
    target = BytesIO()
    options = {"exif": exif} if exif else {}
    Image.new("RGB", size, "seagreen").save(target, image_format, **options)
    return SimpleUploadedFile("../My photo.JPG", target.getvalue())


class PhotoTests(TestCase):
    def setUp(self):
        self.media_root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.media_root)
        settings = override_settings(MEDIA_ROOT=self.media_root)
        settings.enable()
        self.addCleanup(settings.disable)
        queue = mock.patch.object(prepare_photo, "delay")
        self.delay = queue.start()
        self.addCleanup(queue.stop)

    def upload(self, photo):
        fields = {"title": "A view", "body": "Green.", "author": "Ana", "photo": photo}
        with self.captureOnCommitCallbacks(execute=True):
            return self.client.post("/api/notes/", fields)

    def files(self):
        return [path for path in self.media_root.rglob("*") if path.is_file()]

    def test_an_upload_waits_for_its_thumbnail_and_then_has_one(self):
        note = self.upload(picture()).json()
        self.assertEqual(note["photo"]["state"], "processing")
        self.assertRegex(note["photo"]["url"], r"^/media/photos/\d{4}/\d\d/[0-9a-f]{32}\.jpg$")
        self.delay.assert_called_once_with(note["id"])
        prepare_photo(note["id"])
        photo = self.client.get(f"/api/notes/{note['id']}/").json()["photo"]
        self.assertEqual(photo["state"], "ready")
        with Image.open(self.media_root / photo["thumbnailUrl"].removeprefix("/media/")) as image:
            self.assertEqual((image.format, image.size), ("WEBP", (960, 600)))

    def test_a_thumbnail_is_upright_and_holds_no_metadata(self):
        exif = Image.Exif()
        exif[0x0112] = 6  # orientation: turned by a quarter
        exif[0x010F] = "Camera"
        note_id = self.upload(picture(size=(800, 400), exif=exif)).json()["id"]
        prepare_photo(note_id)
        with Note.objects.get(pk=note_id).thumbnail.open() as file, Image.open(file) as image:
            self.assertEqual(image.size, (360, 720))
            self.assertFalse(image.getexif())

    def test_only_photos_of_a_known_kind_are_taken(self):
        self.assertEqual(self.upload(picture("PNG")).status_code, 201)
        for photo in (picture("GIF"), SimpleUploadedFile("a.jpg", b"<script>")):
            response = self.upload(photo)
            self.assertEqual(response.status_code, 400)
            self.assertEqual(list(response.json()["errors"]), ["photo"])

    def test_a_note_stands_when_the_broker_is_away_and_the_schedule_catches_up(self):
        self.delay.side_effect = OperationalError("no broker")
        with self.assertLogs("django.test", "ERROR"):
            response = self.upload(picture())
        self.assertEqual(response.status_code, 201)
        prepare_waiting_photos()
        self.assertEqual(Note.objects.get().photo_state, Note.PhotoState.READY)

    def test_a_photo_that_cannot_be_read_is_marked_and_not_tried_again(self):
        note_id = self.upload(picture()).json()["id"]
        Path(Note.objects.get().photo.path).write_bytes(b"broken")
        with self.assertLogs("notes.tasks", "ERROR"):
            prepare_photo(note_id)
        self.assertEqual(Note.objects.get().photo_state, Note.PhotoState.FAILED)
        prepare_photo(note_id)

    def test_the_files_go_with_the_note(self):
        note_id = self.upload(picture()).json()["id"]
        prepare_photo(note_id)
        self.assertEqual(len(self.files()), 2)
        self.client.force_login(get_user_model().objects.create_superuser("warden"))
        with self.captureOnCommitCallbacks(execute=True):
            self.client.delete(f"/api/notes/{note_id}/")
        self.assertEqual(self.files(), [])

    def test_sample_notes_are_added_once(self):
        call_command("add_sample_notes", stdout=StringIO())
        count = Note.objects.count()
        call_command("add_sample_notes", stdout=StringIO())
        self.assertEqual((count, Note.objects.count()), (6, 6))
        self.assertEqual(Note.objects.filter(photo_state=Note.PhotoState.READY).count(), 4)
