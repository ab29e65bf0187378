"""The API: lists, notes, comments, moderation."""

from django.contrib.auth import get_user_model
from django.test import Client, TestCase

from notes.models import Comment, Note, Tag
from notes.version import VERSION


def add_note(title="A heron", **fields):
    return Note.objects.create(**{"title": title, "body": "Standing still.", "author": "Ana", **fields})


class ListTests(TestCase):
    def test_it_is_empty_at_first(self):
        answer = self.client.get("/api/notes/").json()
        self.assertEqual(answer, {"notes": [], "page": 1, "pages": 1, "count": 0})

    def test_the_newest_note_comes_first_and_pages_hold_twelve(self):
        for number in range(13):
            add_note(f"Note {number}")
        first = self.client.get("/api/notes/").json()
        second = self.client.get("/api/notes/?page=2").json()
        self.assertEqual(first["notes"][0]["title"], "Note 12")
        self.assertEqual((len(first["notes"]), len(second["notes"]), first["pages"]), (12, 1, 2))

    def test_the_number_of_queries_does_not_grow_with_the_list(self):
        for number in range(12):
            note = add_note(f"Note {number}")
            note.tags.add(Tag.objects.get_or_create(name=f"tag-{number}")[0])
            Comment.objects.create(note=note, author="Tom", body="Nice.")
        with self.assertNumQueries(3):
            answer = self.client.get("/api/notes/").json()
        self.assertEqual(answer["notes"][3]["commentCount"], 1)

    def test_it_finds_by_text_and_tag(self):
        heron = add_note("A heron")
        heron.tags.add(Tag.objects.create(name="birds"))
        add_note("A fox", place="Heron pond")
        titles = lambda query: [n["title"] for n in self.client.get(f"/api/notes/?{query}").json()["notes"]]
        self.assertEqual(titles("q=HERON"), ["A fox", "A heron"])
        self.assertEqual(titles("q=heron&tag=Birds"), ["A heron"])
        self.assertEqual(titles("q=nothing"), [])

    def test_it_refuses_a_query_that_makes_no_sense(self):
        self.assertEqual(self.client.get("/api/notes/?page=zero").status_code, 400)
        self.assertEqual(self.client.get("/api/notes/?q=%00").status_code, 400)

    def test_tags_come_with_the_number_of_visible_notes(self):
        birds = Tag.objects.create(name="birds")
        birds.notes.add(add_note(), add_note(), add_note(hidden=True))
        self.assertEqual(
            self.client.get("/api/tags/").json(), {"tags": [{"name": "birds", "noteCount": 2}]}
        )


class WriteTests(TestCase):
    note = {"title": "An otter", "body": "Two of them, in the rain.", "author": "Priya"}

    def post(self, payload, **extra):
        return self.client.post("/api/notes/", payload, content_type="application/json", **extra)

    def test_a_note_is_stored_and_answered(self):
        response = self.post({**self.note, "tags": ["Mammals", " water "]})
        self.assertEqual(response.status_code, 201)
        answer = response.json()
        self.assertEqual(answer["tags"], ["mammals", "water"])
        self.assertEqual(answer["wordCount"], 6)
        self.assertIsNone(answer["photo"])
        self.assertEqual(self.client.get(f"/api/notes/{answer['id']}/").json(), answer)

    def test_problems_are_named_by_field(self):
        answer = self.post({**self.note, "title": "", "tags": "a,b,c,d,e,f,g"})
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(set(answer.json()["errors"]), {"title", "tags"})

    def test_a_body_that_is_no_json_object_is_refused(self):
        for body in ("{", "[]", '"text"', '{"title": "\\ud800"}'):
            self.assertEqual(self.post(body).status_code, 400, body)

    def test_a_write_needs_the_csrf_token(self):
        strict = Client(enforce_csrf_checks=True)
        post = lambda **extra: strict.post(
            "/api/notes/", self.note, content_type="application/json", **extra
        )
        self.assertEqual(post().status_code, 403)
        token = strict.get("/api/session/").cookies["csrftoken"].value
        self.assertEqual(post(headers={"X-CSRFToken": token}).status_code, 201)

    def test_a_comment_is_added_to_its_note(self):
        path = f"/api/notes/{add_note().pk}/"
        comment = {"author": "Tom", "body": "Well seen."}
        response = self.client.post(f"{path}comments/", comment, content_type="application/json")
        self.assertEqual(response.status_code, 201)
        self.assertEqual(self.client.get(path).json()["comments"], [response.json()])
        self.assertEqual(self.client.post(f"{path}comments/", {"author": "Tom"}).status_code, 400)


class DeskTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        users = get_user_model().objects
        users.create_user("warden", password="quiet-reed-bed", is_staff=True)
        users.create_user("visitor", password="quiet-reed-bed")
        cls.note = add_note("A rude note")

    def sign_in(self, name):
        return self.client.post("/api/session/", {"username": name, "password": "quiet-reed-bed"})

    def hide(self):
        return self.client.patch(
            f"/api/notes/{self.note.pk}/", {"hidden": True}, content_type="application/json"
        )

    def test_only_wardens_get_in(self):
        self.assertEqual(self.client.get("/api/desk/").status_code, 401)
        self.assertEqual(self.sign_in("visitor").status_code, 400)
        self.assertEqual(self.client.get("/api/session/").json(), {"user": None})
        self.assertEqual(self.sign_in("warden").json(), {"user": {"name": "warden"}})
        self.assertEqual(self.client.get("/api/desk/").json()["totals"]["notes"], 1)
        self.client.delete("/api/session/")
        self.assertEqual(self.client.get("/api/desk/").status_code, 401)

    def test_a_visitor_can_neither_hide_nor_delete(self):
        self.client.force_login(get_user_model().objects.get(username="visitor"))
        self.assertEqual(self.hide().status_code, 403)
        self.assertEqual(self.client.delete(f"/api/notes/{self.note.pk}/").status_code, 403)

    def test_a_hidden_note_is_seen_by_wardens_only(self):
        self.sign_in("warden")
        self.assertTrue(self.hide().json()["hidden"])
        path = f"/api/notes/{self.note.pk}/"
        self.assertEqual(self.client.get(path).status_code, 200)
        self.assertEqual(Client().get(path).status_code, 404)
        self.assertEqual(Client().get("/api/notes/").json()["count"], 0)

    def test_a_deleted_note_is_gone(self):
        self.sign_in("warden")
        self.assertEqual(self.client.delete(f"/api/notes/{self.note.pk}/").status_code, 200)
        self.assertFalse(Note.objects.exists())


class OtherAddressTests(TestCase):
    def test_version_is_that_of_version_py(self):
        self.assertEqual(self.client.get("/api/version/").json(), {"version": VERSION})

    def test_unknown_addresses_are_404_as_json_below_api(self):
        for path in ("/api/nothing/", "/api/notes/99/", f"/api/notes/{10**30}/"):
            response = self.client.get(path)
            self.assertEqual(response.status_code, 404, path)
            self.assertEqual(response.json(), {"error": "There is nothing here."})
