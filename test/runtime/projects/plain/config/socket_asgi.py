from .asgi import application as django_application


async def application(scope, receive, send):
    if scope["type"] != "websocket":
        await django_application(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.accept"})
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        await send({"type": "websocket.send", "text": message["text"].upper()})
