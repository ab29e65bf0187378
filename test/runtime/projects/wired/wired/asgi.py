from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application
from django.db import DatabaseError

application = get_asgi_application()


async def raw(scope, receive, send):
    """Not Django's handler: writes before it has asked for the body, or when `?after` is asked for."""
    from things.operations import creates

    if b"after" in scope.get("query_string", b""):
        while (await receive()).get("more_body", False):
            pass
    if scope["type"] != "http" or scope["method"] != "POST":
        await application(scope, receive, send)
        return
    try:
        await sync_to_async(creates)()
        body = b"made"
    except DatabaseError:
        body = b"failed"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
