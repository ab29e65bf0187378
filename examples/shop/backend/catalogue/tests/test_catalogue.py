"""Contexts of the catalogue, the sheet, reviews, and what staff may change."""

from pathlib import Path
from unittest.mock import patch

from django.contrib.auth import get_user_model
from django.template.loader import get_template
from django.test import Client, TestCase
from django.utils.safestring import mark_safe

from catalogue.models import Product, Review


def fetch(client, context, **params):
    return client.get(f"/api/mizan/ctx/{context}/", params)


def call(client, fn, **args):
    body = {"fn": fn, "args": args}
    return client.post("/api/mizan/call/", body, content_type="application/json")


class ContextTests(TestCase):
    def test_pages_hold_six_pieces_in_a_fixed_order(self):
        first = fetch(self.client, "catalog").json()["catalog_page"]
        third = fetch(self.client, "catalog", page=3).json()["catalog_page"]
        self.assertEqual((first["pages"], first["count"]), (3, 14))
        self.assertEqual((len(first["products"]), len(third["products"])), (6, 2))
        self.assertEqual(first["products"][0]["name"], {"en": "Morning cup", "de": "Morgentasse"})

    def test_a_page_behind_the_last_is_the_last(self):
        self.assertEqual(fetch(self.client, "catalog", page=99).json()["catalog_page"]["page"], 3)
        self.assertEqual(fetch(self.client, "catalog", page=0).status_code, 422)

    def test_a_piece_comes_with_its_published_reviews(self):
        product = Product.objects.get(name_en="Morning cup")
        Review.objects.create(product=product, author="Tom", rating=1, body="Hidden.")
        bundle = fetch(self.client, "product", product_id=product.pk).json()
        self.assertEqual(bundle["product_detail"]["price_cents"], 2400)
        self.assertEqual(bundle["product_reviews"]["average"], 4.5)
        self.assertNotIn("Hidden.", str(bundle))

    def test_a_piece_that_is_not_there_is_not_found(self):
        for product_id in (0, 999, 2**40):
            self.assertIn(fetch(self.client, "product", product_id=product_id).status_code, (404, 422))

    def test_equal_data_is_equal_bytes(self):
        for context in ("catalog", "delivery", "global"):
            self.assertEqual(
                fetch(self.client, context).content, fetch(self.client, context).content
            )

    def test_every_answer_says_whom_it_is_made_for(self):
        user = get_user_model().objects.create_user("ana")
        for made_for in (None, str(user.pk)):
            if made_for:
                self.client.force_login(user)
            for context, params in (("catalog", {}), ("product", {"product_id": 1}), ("delivery", {})):
                for function, result in fetch(self.client, context, **params).json().items():
                    self.assertEqual(result["made_for"], made_for, function)


class SheetTests(TestCase):
    def test_it_is_in_the_language_of_its_address(self):
        english = self.client.get("/en/sheet/1/", headers={"Accept-Language": "de"})
        german = self.client.get("/de/sheet/1/")
        self.assertContains(english, "€24.00")
        self.assertContains(english, "Celadon")
        self.assertContains(german, "24,00 €")
        self.assertContains(german, "Seladon")
        self.assertContains(german, "Für alle")
        self.assertEqual(german["Cache-Control"], "no-store")

    def test_it_says_whom_it_is_made_for(self):
        user = get_user_model().objects.create_user("ana")
        self.client.force_login(user)
        self.assertContains(self.client.get("/en/sheet/1/"), f"Made for customer {user.pk}")

    def test_other_languages_and_pieces_are_not_found(self):
        self.assertEqual(self.client.get("/fr/sheet/1/").status_code, 404)
        self.assertEqual(self.client.get("/en/sheet/999/").status_code, 404)


class CardTests(TestCase):
    """Without Bun: what React makes of it is tested in the frontend."""

    def get(self, path):
        with patch("catalogue.clients.render_to_string") as render:
            render.return_value = mark_safe('<div id="mizan-root">Card</div>')
            return self.client.get(path), render

    def test_django_s_page_holds_the_component_with_its_props(self):
        answer, render = self.get("/de/card/1/")
        self.assertContains(answer, "Grußkarte – Kiln Street")
        self.assertContains(answer, '<div id="mizan-root">Card</div>', html=True)
        self.assertContains(answer, '<script type="module" src="/card.js"></script>', html=True)
        render.assert_called_once_with(
            "greeting-card.tsx",
            {
                "language": "de",
                "name": {"en": "Morning cup", "de": "Morgentasse"},
                "shape": "cup",
                "glaze": "celadon",
            },
        )

    def test_the_component_s_file_is_found(self):
        template = get_template("greeting-card.tsx")
        self.assertEqual(Path(template.origin.name).name, "greeting-card.tsx")

    def test_other_languages_and_pieces_are_not_found(self):
        for path in ("/fr/card/1/", "/en/card/999/"):
            answer, render = self.get(path)
            self.assertEqual(answer.status_code, 404)
            render.assert_not_called()


class StaffTests(TestCase):
    def setUp(self):
        self.client.force_login(get_user_model().objects.create_user("potter", is_staff=True))

    def test_a_new_price_reaches_the_piece_the_list_and_the_carts(self):
        answer = call(self.client, "set_price", product_id=5, price_cents=3900)
        self.assertEqual(answer.json()["result"]["price_cents"], 3900)
        self.assertEqual(answer["X-Mizan-Invalidate"], "product;product_id=5, catalog, cart, desk")
        detail = fetch(self.client, "product", product_id=5).json()["product_detail"]
        self.assertEqual(detail["price_cents"], 3900)

    def test_pieces_from_the_kiln_are_added_to_the_stock(self):
        answer = call(self.client, "restock", product_id=4, quantity=2)
        self.assertEqual(answer.json()["result"]["stock"], 5)
        self.assertEqual(answer["X-Mizan-Invalidate"], "product;product_id=4, catalog, desk")

    def test_a_published_review_is_shown(self):
        review = Review.objects.create(product_id=2, author="Tom", rating=5, body="Lovely.")
        answer = call(self.client, "publish_review", product_id=2, review_id=review.pk)
        self.assertEqual(answer["X-Mizan-Invalidate"], "product;product_id=2, desk")
        reviews = fetch(self.client, "product", product_id=2).json()["product_reviews"]["reviews"]
        self.assertEqual([review["body"] for review in reviews], ["Lovely."])
        other = call(self.client, "publish_review", product_id=1, review_id=review.pk)
        self.assertEqual(other.status_code, 404)

    def test_it_is_for_staff_alone(self):
        self.client.force_login(get_user_model().objects.create_user("ana"))
        self.assertEqual(call(self.client, "set_price", product_id=5, price_cents=100).status_code, 403)
        self.client.logout()
        self.assertEqual(call(self.client, "restock", product_id=5, quantity=1).status_code, 401)

    def test_prices_have_bounds(self):
        answer = call(self.client, "set_price", product_id=5, price_cents=1)
        self.assertEqual(answer.status_code, 422)


class ReviewFormTests(TestCase):
    fields = {"author": "Tom", "rating": "4", "body": "Sits well in the hand."}

    def test_it_is_in_both_languages(self):
        self.assertContains(self.client.get("/en/review/1/"), "How is your Morning cup?")
        self.assertContains(self.client.get("/de/review/1/"), "Wie gefällt Ihnen: Morgentasse?")

    def test_a_review_waits_for_staff(self):
        answer = self.client.post("/en/review/1/", self.fields, follow=True)
        self.assertContains(answer, "Thank you.")
        self.assertFalse(Review.objects.get(author="Tom").published)

    def test_it_needs_its_csrf_token(self):
        browser = Client(enforce_csrf_checks=True)
        self.assertEqual(browser.post("/en/review/1/", self.fields).status_code, 403)
        browser.get("/en/review/1/")
        token = browser.cookies["csrftoken"].value
        answer = browser.post("/en/review/1/", {**self.fields, "csrfmiddlewaretoken": token})
        self.assertEqual(answer.status_code, 302)

    def test_what_is_wrong_is_said(self):
        answer = self.client.post("/de/review/1/", {**self.fields, "rating": "9"})
        self.assertContains(answer, "errorlist")
        self.assertEqual(self.client.get("/en/review/999/").status_code, 404)
