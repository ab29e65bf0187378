"""Digests: the task and the page."""

from datetime import date, datetime, timedelta, timezone as zone
from unittest import mock

from django.contrib.auth import get_user_model
from django.test import TestCase

from digests.models import Digest
from digests.tasks import write_digest, write_digest_of, write_digest_of_this_week
from notes.models import Comment, Note, Tag

MONDAY = date(2026, 11, 16)


def add_note(day, **fields):
    note = Note.objects.create(title="A heron", body="Standing still.", author="Ana", **fields)
    Note.objects.filter(pk=note.pk).update(
        created_at=datetime(2026, 11, day, 12, tzinfo=zone.utc)
    )
    return note


class DigestTaskTests(TestCase):
    def test_it_counts_the_visible_notes_of_its_week(self):
        birds, water = Tag.objects.create(name="birds"), Tag.objects.create(name="water")
        add_note(15).tags.add(water)
        add_note(16).tags.add(birds, water)
        add_note(22).tags.add(birds)
        add_note(23).tags.add(water)
        add_note(18, hidden=True).tags.add(water)
        write_digest_of(MONDAY)
        digest = Digest.objects.get()
        self.assertEqual((digest.week_start, digest.note_count, digest.word_count), (MONDAY, 2, 4))
        self.assertEqual(digest.top_tags, ["birds", "water"])

    def test_it_is_written_over_and_not_twice(self):
        write_digest_of_this_week()
        note = Note.objects.create(title="A heron", body="Still.", author="Ana")
        Comment.objects.create(note=note, author="Tom", body="Well seen.")
        write_digest_of_this_week()
        digest = Digest.objects.get()
        self.assertEqual((digest.note_count, digest.comment_count), (1, 1))

    def test_the_one_of_monday_night_is_about_the_week_before(self):
        with mock.patch("digests.tasks.timezone.localdate", return_value=MONDAY + timedelta(7)):
            write_digest()
        self.assertEqual(Digest.objects.get().week_start, MONDAY)


class DigestPageTests(TestCase):
    def test_it_shows_digests_and_no_button_to_visitors(self):
        self.assertContains(self.client.get("/digests/"), "The first digest will be here")
        write_digest_of(MONDAY)
        page = self.client.get("/digests/")
        self.assertContains(page, "16 November – 22 November 2026")
        self.assertNotContains(page, "<button")

    def test_a_warden_can_ask_for_one(self):
        self.client.force_login(get_user_model().objects.create_superuser("warden"))
        with mock.patch.object(write_digest_of_this_week, "delay") as delay:
            page = self.client.post("/digests/write/", follow=True)
        delay.assert_called_once_with()
        self.assertContains(page, "is being written")

    def test_a_visitor_is_sent_to_the_login(self):
        response = self.client.post("/digests/write/")
        self.assertRedirects(response, "/admin/login/?next=/digests/write/")
        self.assertFalse(Digest.objects.exists())
