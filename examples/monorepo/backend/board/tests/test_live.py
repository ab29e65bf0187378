"""The WebSocket: who watches hears of every change, as it happens."""

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth import get_user_model
from django.test import TransactionTestCase, override_settings

from board.models import Line
from config.asgi import application
from config.version import VERSION

IN_MEMORY = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
HEADERS = [(b"host", b"testserver"), (b"origin", b"http://testserver")]


@override_settings(CHANNEL_LAYERS=IN_MEMORY, ALLOWED_HOSTS=["testserver"])
class LiveTests(TransactionTestCase):
    serialized_rollback = True  # the lines come from a migration

    async def watch(self, headers=HEADERS):
        socket = WebsocketCommunicator(application, "/ws/board/", headers=headers)
        connected, _ = await socket.connect()
        return socket, connected

    async def test_everybody_hears_of_a_change(self):
        sockets = [(await self.watch())[0] for _ in range(3)]
        for socket in sockets:
            self.assertEqual(await socket.receive_json_from(), {"type": "hello", "app": VERSION})
        made = await self.change_a_line()
        for socket in sockets:
            message = await socket.receive_json_from()
            self.assertEqual(message, {"type": "change", "app": VERSION, "change": made})
            await socket.disconnect()

    async def test_what_a_browser_says_is_passed_over(self):
        socket, _ = await self.watch()
        await socket.receive_json_from()
        await socket.send_to(text_data="no JSON")
        await socket.send_to(bytes_data=b"\x00")
        await self.change_a_line()
        self.assertEqual((await socket.receive_json_from())["type"], "change")
        await socket.disconnect()

    async def test_pages_of_other_sites_may_not_listen(self):
        _, connected = await self.watch([(b"host", b"testserver"), (b"origin", b"http://evil.example")])
        self.assertFalse(connected)

    async def change_a_line(self):
        ida = await sync_to_async(get_user_model().objects.create_user)("ida", is_staff=True)
        line = await Line.objects.aget(number="3")
        await self.async_client.aforce_login(ida)
        fields = {"state": "severe", "message": "A tree has fallen.", "seen": 0}
        answer = await self.async_client.post(
            f"/api/lines/{line.pk}/", fields, content_type="application/json"
        )
        self.assertEqual(answer.status_code, 201)
        return answer.json()["change"]
