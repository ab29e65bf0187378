"""The API: the board, what was missed, changing a line, who may."""

from unittest.mock import patch

from django.contrib.auth import get_user_model
from django.test import Client, TestCase, override_settings

from board.changing import Overtaken, change_line
from board.models import Change, Line
from config.version import VERSION

IN_MEMORY = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


def add_dispatcher(name="ida"):
    return get_user_model().objects.create_user(name, password="quiet-reed-bed", is_staff=True)


def change(line, state="delays", message="A car stands on the track.", seen=0, author=None):
    return change_line(line, state=state, message=message, seen=seen, author=author)


@override_settings(CHANNEL_LAYERS=IN_MEMORY)
class BoardTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ida = add_dispatcher()
        cls.line = Line.objects.get(number="3")

    def test_at_first_every_line_runs(self):
        answer = self.client.get("/api/board/").json()
        self.assertEqual((answer["app"], answer["version"]), (VERSION, 0))
        self.assertEqual([line["number"] for line in answer["lines"]], ["1", "2", "3", "5", "7", "N"])
        self.assertEqual({line["state"] for line in answer["lines"]}, {"good"})
        self.assertEqual(answer["changes"], [])

    def test_a_line_is_shown_with_its_last_change(self):
        change(self.line, author=self.ida)
        change(self.line, "good", "", seen=1, author=self.ida)
        answer = self.client.get("/api/board/").json()
        shown = next(line for line in answer["lines"] if line["number"] == "3")
        self.assertEqual((shown["state"], shown["change"]["version"]), ("good", 2))
        self.assertEqual(shown["change"]["author"], "ida")
        self.assertEqual([each["version"] for each in answer["changes"]], [2, 1])
        self.assertEqual(answer["version"], 2)

    def test_the_number_of_queries_does_not_grow_with_the_lines(self):
        for line in Line.objects.all():
            change(line, author=self.ida)
        with self.assertNumQueries(4):
            self.client.get("/api/board/")

    def test_what_was_missed_comes_in_order(self):
        for seen in range(3):
            change(self.line, seen=seen, author=self.ida)
        answer = self.client.get("/api/changes/?after=1").json()
        self.assertEqual([each["version"] for each in answer["changes"]], [2, 3])
        self.assertTrue(answer["complete"])
        self.assertEqual(self.client.get("/api/changes/?after=3").json()["changes"], [])

    def test_who_missed_too_much_is_told_so(self):
        with patch("board.views.MOST_CHANGES", 2):
            for seen in range(3):
                change(self.line, seen=seen)
            self.assertFalse(self.client.get("/api/changes/?after=0").json()["complete"])
        # As after the database was restored from a copy.
        self.assertFalse(self.client.get("/api/changes/?after=9").json()["complete"])

    def test_a_query_that_makes_no_sense_is_refused(self):
        for query in ("", "?after=-1", "?after=x", f"?after={10**30}"):
            self.assertEqual(self.client.get(f"/api/changes/{query}").status_code, 400, query)

    def test_unknown_addresses_are_404_as_json_below_api(self):
        answer = self.client.get("/api/nothing/")
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(answer.json(), {"error": "There is nothing here."})


@override_settings(CHANNEL_LAYERS=IN_MEMORY)
class DeskTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ida = add_dispatcher()
        cls.line = Line.objects.get(number="3")
        cls.path = f"/api/lines/{cls.line.pk}/"

    def post(self, path=None, client=None, **fields):
        fields = {"state": "severe", "message": "A tree has fallen.", "seen": 0, **fields}
        return (client or self.client).post(
            path or self.path, fields, content_type="application/json"
        )

    def test_a_dispatcher_changes_a_line(self):
        self.client.force_login(self.ida)
        answer = self.post()
        self.assertEqual(answer.status_code, 201)
        made = answer.json()["change"]
        self.assertEqual((made["version"], made["state"], made["author"]), (1, "severe", "ida"))

    def test_who_was_slower_is_told_by_whom(self):
        change(self.line, author=add_dispatcher("tom"))
        self.client.force_login(self.ida)
        answer = self.post()
        self.assertEqual(answer.status_code, 409)
        self.assertEqual(answer.json()["error"], "tom has changed this line meanwhile.")
        self.assertEqual(answer.json()["change"]["version"], 1)
        self.assertEqual(self.post(seen=1).status_code, 201)

    def test_numbers_have_no_gap_after_a_refusal(self):
        change(self.line)
        with self.assertRaises(Overtaken):
            change(self.line)
        self.assertEqual(change(Line.objects.get(number="1")).version, 2)

    def test_without_redis_the_change_stands(self):
        self.client.force_login(self.ida)
        with patch("board.changing.get_channel_layer", side_effect=ConnectionError("no Redis")):
            with self.assertLogs("django.test", "ERROR"):
                with self.captureOnCommitCallbacks(execute=True):
                    self.assertEqual(self.post().status_code, 201)
        self.assertEqual(Change.objects.count(), 1)

    def test_a_disruption_needs_a_sentence(self):
        self.client.force_login(self.ida)
        for fields in ({"message": " "}, {"state": "on fire"}, {"message": "x" * 281}, {"seen": "?"}):
            answer = self.post(**fields)
            self.assertEqual(answer.status_code, 400, fields)
            self.assertEqual(list(answer.json()["errors"]), [name for name in fields])
        self.assertEqual(self.post(state="good", message="").status_code, 201)

    def test_a_body_that_is_no_json_object_is_refused(self):
        self.client.force_login(self.ida)
        for body in ("{", "[]", '{"message": "\\ud800"}'):
            answer = self.client.post(self.path, body, content_type="application/json")
            self.assertEqual(answer.status_code, 400, body)

    def test_only_dispatchers_may(self):
        self.assertEqual(self.post().status_code, 401)
        self.client.force_login(get_user_model().objects.create_user("passenger"))
        self.assertEqual(self.post().status_code, 403)
        self.assertFalse(Change.objects.exists())

    def test_a_line_that_is_not_there_is_404(self):
        self.client.force_login(self.ida)
        self.assertEqual(self.post("/api/lines/999/").status_code, 404)

    def test_signing_in_needs_the_csrf_token_and_the_right_password(self):
        strict = Client(enforce_csrf_checks=True)
        words = {"username": "ida", "password": "quiet-reed-bed"}
        send = lambda payload, **headers: strict.post(
            "/api/session/", payload, content_type="application/json", headers=headers
        )
        self.assertEqual(send(words).status_code, 403)
        token = strict.get("/api/session/").cookies["csrftoken"].value
        self.assertEqual(send({**words, "password": "x"}, **{"X-CSRFToken": token}).status_code, 400)
        self.assertEqual(send(words, **{"X-CSRFToken": token}).json(), {"user": {"name": "ida"}})
        self.assertEqual(strict.get("/api/session/").json(), {"user": {"name": "ida"}})
