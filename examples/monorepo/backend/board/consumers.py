"""The WebSocket: tells each change as it happens. Whoever watches has nothing to say."""

from channels.generic.websocket import AsyncJsonWebsocketConsumer

from config.version import VERSION

from .changing import GROUP


class BoardConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self):
        # In the group first: what is changed after the greeting is told, what was before can be asked for.
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()
        await self.send_json({"type": "hello", "app": VERSION})

    async def disconnect(self, code):
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def receive(self, text_data=None, bytes_data=None, **kwargs):
        pass

    async def board_change(self, event):
        await self.send_json({"type": "change", "app": event["app"], "change": event["change"]})
