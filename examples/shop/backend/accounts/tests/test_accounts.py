"""Signing up, in and out, and who the global context says is there."""

import json
from io import StringIO
from tempfile import NamedTemporaryFile

from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import Client, TestCase

PASSWORD = "quiet-reed-bed"


class AccountsTests(TestCase):
    def setUp(self):
        self.client = Client(enforce_csrf_checks=True)
        self.client.get("/api/mizan/session/")

    def send(self, method, path, body=None):
        return self.client.generic(
            method,
            path,
            json.dumps(body or {}),
            content_type="application/json",
            headers={"X-CSRFToken": self.client.cookies["csrftoken"].value},
        )

    def current_user(self):
        return self.client.get("/api/mizan/ctx/global/").json()["current_user"]

    def test_nobody_is_there_at_first(self):
        self.assertEqual(
            self.current_user(), {"made_for": None, "id": None, "name": "", "is_staff": False}
        )

    def test_an_account_is_made_left_and_found_again(self):
        fields = {"username": "ana", "password": PASSWORD}
        made = self.send("POST", "/api/accounts/", fields)
        self.assertEqual((made.status_code, made.json()["user"]["name"]), (201, "ana"))
        user_id = made.json()["user"]["id"]
        self.assertEqual(self.current_user()["made_for"], str(user_id))
        self.assertEqual(self.send("DELETE", "/api/session/").status_code, 200)
        self.assertIsNone(self.current_user()["id"])
        self.assertEqual(self.send("POST", "/api/session/", fields).json()["user"]["id"], user_id)
        self.assertEqual(self.current_user()["name"], "ana")

    def test_what_is_wrong_is_said_by_field(self):
        refused = self.send("POST", "/api/accounts/", {"username": "ana", "password": "short"})
        self.assertEqual(refused.status_code, 422)
        error = refused.json()["error"]
        self.assertEqual(error["code"], "VALIDATION_ERROR")
        self.assertEqual(list(error["details"]), ["password"])
        wrong = self.send("POST", "/api/session/", {"username": "ana", "password": "wrong"})
        self.assertIn("correct", wrong.json()["error"]["message"])

    def test_a_body_that_is_no_object_is_refused(self):
        self.assertEqual(self.send("POST", "/api/session/", ["ana"]).status_code, 400)

    def test_csrf_is_checked(self):
        answer = self.client.post("/api/session/", {}, content_type="application/json")
        self.assertEqual(answer.status_code, 403)

    def test_a_closed_account_is_nobody_to_its_token(self):
        user = get_user_model().objects.create_user("tom", password=PASSWORD)
        self.client.force_login(user)
        self.client.handler.enforce_csrf_checks = False
        token = self.client.post(
            "/api/mizan/call/", {"fn": "mwt_obtain"}, content_type="application/json"
        ).json()["result"]["token"]
        self.client.logout()
        user.is_active = False
        user.save()
        answer = self.client.get("/api/mizan/ctx/global/", headers={"X-Mizan-Token": token})
        self.assertIsNone(answer.json()["current_user"]["id"])


class SamplePeopleTests(TestCase):
    def test_they_are_added_once_with_the_given_password(self):
        with NamedTemporaryFile("w", suffix=".txt") as file:
            file.write(f"{PASSWORD}\n")
            file.flush()
            for _ in range(2):
                call_command("add_sample_people", password_file=file.name, stdout=StringIO())
        users = get_user_model().objects.order_by("pk")
        self.assertEqual([user.username for user in users], ["ana", "tom", "potter"])
        self.assertTrue(all(user.check_password(PASSWORD) for user in users))
        self.assertEqual([user.is_staff for user in users], [False, False, True])

    def test_there_is_no_password_of_ours(self):
        with self.assertRaises(CommandError):
            call_command("add_sample_people", stdout=StringIO())
