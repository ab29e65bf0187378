"""The Edge's end of the wire, for tests: made from section 10 alone, sharing no code with the runtime."""

import base64
import hashlib
import hmac
import json
import shutil
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote

from conftest import App

KEY = {"kid": "k1", "state": "sign", "createdAt": "2026-11-24T00:00:00.000Z", "secret": "edge-secret-1"}

FLAVOURS = ("wsgi-sqlite", "asgi-postgresql", "wsgi-postgresql", "asgi-sqlite")
ROUTINES = """
CREATE PROCEDURE add_thing(t text) LANGUAGE sql AS 'INSERT INTO things_thing (title) VALUES (t)';
CREATE FUNCTION make_thing(t text) RETURNS bigint LANGUAGE sql
AS 'INSERT INTO things_thing (title) VALUES (t) RETURNING id';
"""


def mac(secret, *fields):
    digest = hmac.new(secret.encode(), "\n".join(fields).encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def now_ms():
    return int(time.time() * 1000)


def sign_intent(method, target, mode="read", seconds=None, intent_id="i1", key=KEY):
    """The header for a request whose deadline is `seconds` from now."""
    fields = ["v=1", "m=" + mode, "i=" + intent_id]
    if seconds is not None:
        fields.append("d=%d" % (now_ms() + seconds * 1000))
    signature = mac(key["secret"], method, target, *fields)
    return ";".join([*fields, "k=" + key["kid"], "s=" + signature])


def read_wrote(status, headers, key=KEY):
    """The fields of X-Mizan-Wrote once its MAC has been checked; None if there is none."""
    if "x-mizan-wrote" not in headers:
        return None
    signed, _, signature = headers["x-mizan-wrote"].partition(";k=%s;s=" % key["kid"])
    invalidate = headers.get("x-mizan-invalidate", "")
    assert mac(key["secret"], str(status), *signed.split(";"), invalidate) == signature
    fields = dict(field.split("=", 1) for field in signed.split(";"))
    assert list(fields) == ["w", "session", "r", "i"]
    return dict(fields, r=unquote(fields["r"]))


class Wired:
    """The `wired` app behind a signing Edge; `ask` returns `(status, wrote fields or None, body)`."""

    def __init__(self, app, interface, vendor, url):
        self.app, self.interface, self.vendor, self.url = app, interface, vendor, url
        self.keys = app.folder / "edge.json"
        self.write_ring([KEY])
        app.env["MIZAN_EDGE_KEYS_FILE"] = str(self.keys)
        app.env["MIZAN_EDGE_IGNORE_TABLES"] = "things_audit, other.thing"

    def write_ring(self, ring):
        replacement = self.keys.with_suffix(".new")
        replacement.write_text(json.dumps(ring))
        replacement.replace(self.keys)

    def start(self, attribute="application", env=None):
        status, _, _, stderr = self.app.run("migrate")
        assert status == 0, stderr
        if self.url is not None:
            with self.connect() as connection:
                connection.execute(ROUTINES)
        name = "wired.%s:%s" % (self.interface, attribute)
        self.server = self.app.serve(name, self.interface, env=env)
        return self

    def ask(self, target, method="POST", mode="covered", seconds=20, **options):
        seconds = None if mode == "read" else seconds
        header = sign_intent(method, target, mode, seconds, options.get("intent_id", "i1"))
        headers = dict({"X-Mizan-Intent": header}, **options.get("headers", {}))
        status, answered, body = self.server.get(target, method, headers)
        return status, read_wrote(status, answered), body

    def connect(self):
        """A connection of one's own to the app's PostgreSQL."""
        import psycopg

        return psycopg.connect(self.url, autocommit=True)

    def titles(self):
        return json.loads(self.server.get("/count/")[2])


def start_wired(flavour, postgres, attribute="application", env=None):
    """The body of a fixture: the app of one flavour, served; it ends with the fixture."""
    interface, _, vendor = flavour.partition("-")
    app = App(Path(tempfile.mkdtemp(prefix="mz-")).resolve(), "wired", "wired.settings")
    url = postgres() if vendor == "postgresql" else None
    app.overlay(databaseUrl=url)
    try:
        yield Wired(app, interface, vendor, url).start(attribute, env)
    finally:
        app.stop_all()
        shutil.rmtree(app.folder)
