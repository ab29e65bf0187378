"""Carts, orders, their undoing, and that nobody sees another's."""

from django.contrib.auth import get_user_model
from django.test import Client, TestCase

from catalogue.models import Product
from catalogue.tests.test_catalogue import call, fetch
from orders.models import Order


class BuyingTests(TestCase):
    def setUp(self):
        self.user = get_user_model().objects.create_user("ana")
        self.client.force_login(self.user)

    def cart(self):
        return fetch(self.client, "cart", user_id=self.user.pk).json()["cart_contents"]

    def add(self, product_id, quantity=1):
        return call(
            self.client,
            "add_to_cart",
            user_id=self.user.pk,
            product_id=product_id,
            quantity=quantity,
        )

    def test_a_piece_goes_into_the_cart_of_its_user(self):
        answer = self.add(1, 2)
        self.assertEqual(answer["X-Mizan-Invalidate"], f"cart;user_id={self.user.pk}")
        self.add(1)
        cart = self.cart()
        self.assertEqual(cart["total_cents"], 3 * 2400)
        self.assertEqual([item["quantity"] for item in cart["items"]], [3])
        self.assertEqual(cart["made_for"], str(self.user.pk))

    def test_a_new_quantity_comes_back_as_the_new_cart(self):
        self.add(1)
        args = {"user_id": self.user.pk, "product_id": 1}
        answer = call(self.client, "set_cart_quantity", **args, quantity=4)
        self.assertNotIn("X-Mizan-Invalidate", answer)
        (merge,) = answer.json()["merge"]
        self.assertEqual(merge["value"], self.cart())
        self.assertEqual(
            (merge["context"], merge["slot"], merge["params"]),
            ("cart", "cart_contents", {"user_id": self.user.pk}),
        )
        call(self.client, "set_cart_quantity", **args, quantity=0)
        self.assertEqual(self.cart()["items"], [])

    def test_there_is_no_more_than_the_stock(self):
        answer = self.add(4, 4)
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(answer.json()["error"]["details"], {"product_id": 4, "stock": 3})
        self.assertEqual(self.add(999).status_code, 400)

    def test_an_order_takes_the_pieces_and_empties_the_cart(self):
        self.add(1, 2)
        self.add(4)
        answer = call(self.client, "place_order", user_id=self.user.pk)
        self.assertEqual(answer.json()["result"]["total_cents"], 2 * 2400 + 8900)
        user = f"user_id={self.user.pk}"
        self.assertEqual(
            answer["X-Mizan-Invalidate"], f"cart;{user}, orders;{user}, catalog, product, desk"
        )
        self.assertEqual(self.cart()["items"], [])
        self.assertEqual(Product.objects.get(pk=4).stock, 2)
        orders = fetch(self.client, "orders", user_id=self.user.pk).json()["order_list"]["orders"]
        self.assertEqual(orders[0]["items"][0]["name"]["de"], "Morgentasse")

    def test_an_order_that_cannot_be_met_changes_nothing(self):
        self.assertEqual(call(self.client, "place_order", user_id=self.user.pk).status_code, 400)
        self.add(1)
        self.add(4, 3)
        Product.objects.filter(pk=4).update(stock=1)
        self.assertEqual(call(self.client, "place_order", user_id=self.user.pk).status_code, 400)
        self.assertEqual(Product.objects.get(pk=1).stock, 18)
        self.assertEqual(len(self.cart()["items"]), 2)

    def test_an_order_keeps_the_price_of_its_day(self):
        self.add(1)
        call(self.client, "place_order", user_id=self.user.pk)
        Product.objects.filter(pk=1).update(price_cents=9900)
        orders = fetch(self.client, "orders", user_id=self.user.pk).json()["order_list"]["orders"]
        self.assertEqual(orders[0]["total_cents"], 2400)


class CancelTests(TestCase):
    def setUp(self):
        self.user = get_user_model().objects.create_user("ana")
        self.client.force_login(self.user)
        args = {"user_id": self.user.pk, "product_id": 1, "quantity": 2}
        call(self.client, "add_to_cart", **args)
        placed = call(self.client, "place_order", user_id=self.user.pk)
        self.path = f"/orders/{placed.json()['result']['order_id']}/cancel/"

    def test_it_puts_the_pieces_back_once_and_leads_to_the_orders(self):
        for _ in range(2):
            answer = self.client.post(self.path)
            self.assertEqual((answer.status_code, answer["Location"]), (302, "/orders"))
            self.assertEqual(Product.objects.get(pk=1).stock, 18)
        self.assertEqual(answer["X-Mizan-Invalidate"], "orders, catalog, product, desk")
        self.assertEqual(Order.objects.get().state, "cancelled")

    def test_it_needs_its_user_and_a_csrf_token(self):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(self.user)
        self.assertEqual(browser.post(self.path).status_code, 403)
        self.client.force_login(get_user_model().objects.create_user("tom"))
        self.assertEqual(self.client.post(self.path).status_code, 404)
        self.client.logout()
        self.assertEqual(self.client.post(self.path).status_code, 401)

    def test_a_sent_order_stays(self):
        Order.objects.update(state=Order.State.SENT)
        self.client.post(self.path)
        self.assertEqual(Order.objects.get().state, "sent")


class PrivacyTests(TestCase):
    def test_carts_and_orders_are_their_users_alone(self):
        ana = get_user_model().objects.create_user("ana")
        for context in ("cart", "orders"):
            self.assertEqual(fetch(self.client, context, user_id=ana.pk).status_code, 401)
        potter = get_user_model().objects.create_user("potter", is_staff=True, is_superuser=True)
        self.client.force_login(potter)
        for context in ("cart", "orders"):
            self.assertEqual(fetch(self.client, context, user_id=ana.pk).status_code, 403)
        for fn in ("add_to_cart", "set_cart_quantity"):
            args = {"user_id": ana.pk, "product_id": 1, "quantity": 1}
            self.assertEqual(call(self.client, fn, **args).status_code, 403)
        self.assertEqual(call(self.client, "place_order", user_id=ana.pk).status_code, 403)

    def test_a_token_opens_its_users_cart(self):
        ana = get_user_model().objects.create_user("ana")
        self.client.force_login(ana)
        token = call(self.client, "mwt_obtain").json()["result"]["token"]
        anonymous = Client(headers={"X-Mizan-Token": token})
        self.assertEqual(fetch(anonymous, "cart", user_id=ana.pk).status_code, 200)
        self.assertEqual(fetch(anonymous, "cart", user_id=ana.pk + 1).status_code, 403)
        args = {"user_id": ana.pk, "product_id": 1}
        self.assertEqual(call(anonymous, "add_to_cart", **args).status_code, 200)
        self.assertEqual(call(anonymous, "place_order", user_id=ana.pk).status_code, 200)

    def test_the_desk_is_for_staff(self):
        self.assertEqual(fetch(self.client, "desk").status_code, 401)
        self.client.force_login(get_user_model().objects.create_user("ana"))
        self.assertEqual(fetch(self.client, "desk").status_code, 403)
        self.client.force_login(get_user_model().objects.create_user("potter", is_staff=True))
        desk = fetch(self.client, "desk").json()["desk_numbers"]
        self.assertEqual([piece["id"] for piece in desk["low_stock"]], [4, 12])
        self.assertEqual(desk["open_orders"], 0)
