"""Nothing of an upload is committed before its body is whole, and nothing at all if it ends short."""

import io
import json
import sys
import time

import pytest

from conftest import RUNTIME, UnixConnection
from edge_wire import read_wrote, sign_intent, start_wired

sys.path.insert(0, str(RUNTIME))

from mizan_runtime.edge.exchange import Exchange  # noqa: E402 - its folder is known only now
from mizan_runtime.edge.upload import UploadInput  # noqa: E402

PART = b"x" * 1000
LARGE = 3 * 1024 * 1024


@pytest.fixture(scope="module", params=["wsgi-postgresql", "asgi-sqlite"])
def wired(request, postgres):
    yield from start_wired(request.param, postgres)


@pytest.fixture
def count(wired):
    """`count()`: things made since the test began."""
    before = len(wired.titles())
    return lambda: len(wired.titles()) - before


class Upload:
    """A body that a test sends in parts. `length_bytes` is None for a chunked one."""

    def __init__(self, wired, target, length_bytes, mode="uncovered", seconds=20):
        self.connection = UnixConnection(str(wired.server.path))
        self.connection.putrequest("POST", target, skip_host=True)
        self.connection.putheader("Host", "localhost")
        self.connection.putheader("X-Mizan-Intent", sign_intent("POST", target, mode, seconds))
        self.is_chunked = length_bytes is None
        if self.is_chunked:
            self.connection.putheader("Transfer-Encoding", "chunked")
        else:
            self.connection.putheader("Content-Length", str(length_bytes))
        self.connection.endheaders()

    def send(self, part=PART):
        self.connection.send(b"%x\r\n%s\r\n" % (len(part), part) if self.is_chunked else part)

    def finish(self):
        """Returns `(status, wrote fields, body)`."""
        if self.is_chunked:
            self.connection.send(b"0\r\n\r\n")
        response = self.connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        body = response.read().decode()
        self.connection.close()
        return response.status, read_wrote(response.status, headers), body

    def break_off(self):
        self.connection.close()


def wait_until_answered(wired, seconds=0.3):
    """Long enough for a view that does not wait; the app still answers others."""
    time.sleep(seconds)
    assert wired.server.get("/count/")[0] == 200


@pytest.mark.parametrize("place", ["before", "transaction", "after"])
def test_it_waits_for_its_body_with_its_writes_and_the_app_reads_it_whole(wired, count, place):
    upload = Upload(wired, "/upload/?write=" + place, LARGE)
    upload.send(b"y" * (LARGE - 10))
    wait_until_answered(wired)
    assert count() == 0
    upload.send(b"z" * 10)
    status, wrote, body = upload.finish()
    assert (status, wrote["w"], body) == (200, "1", str(LARGE))
    assert count() == 1


@pytest.mark.parametrize(
    "place, length_bytes",
    [
        ("before", 5000),
        ("instead", 5000),
        ("transaction", 5000),
        ("swallowed", 5000),
        ("after", 5000),
        ("instead", None),
        ("after", None),
    ],
)
def test_a_body_that_ends_short_leaves_nothing_behind(wired, count, place, length_bytes):
    upload = Upload(wired, "/upload/?write=" + place, length_bytes)
    upload.send()
    time.sleep(0.1)
    upload.break_off()
    wait_until_answered(wired)
    assert count() == 0


@pytest.mark.parametrize("place", ["instead", "after"])
def test_a_chunked_body_is_whole_with_its_last_chunk(wired, count, place):
    upload = Upload(wired, "/upload/?write=" + place, None)
    upload.send()
    wait_until_answered(wired)
    assert count() == 0
    status, wrote, _ = upload.finish()
    assert (status, wrote["w"], count()) == (200, "1", 1)


# Under ASGI, Django has read the whole body before the view runs.
@pytest.mark.parametrize("wired", ["wsgi-postgresql"], indirect=True)
def test_an_answer_before_the_end_of_the_body_is_one(wired, count):
    # Nothing is sent: the app may have answered and closed before.
    upload = Upload(wired, "/upload/?write=never", 5000)
    status, wrote, _ = upload.finish()
    assert (status, wrote["w"], count()) == (413, "0", 0)


@pytest.mark.parametrize("wired", ["wsgi-postgresql"], indirect=True)
@pytest.mark.parametrize("mode, seconds", [("covered", 20), ("uncovered", None)])
def test_what_is_no_upload_is_left_alone(wired, count, mode, seconds):
    # Nothing is sent: the app may have answered and closed before.
    upload = Upload(wired, "/upload/?write=instead", 5000, mode, seconds)
    status, wrote, _ = upload.finish()
    assert (status, wrote["w"], count()) == (200, "1", 1)


def test_an_empty_body_is_whole(wired, count):
    status, wrote, body = Upload(wired, "/upload/?write=before", 0).finish()
    assert (status, wrote["w"], body, count()) == (200, "1", "0", 1)


def test_the_wait_for_the_body_is_no_time_of_the_app(wired, count):
    upload = Upload(wired, "/upload/?write=before", 2000, seconds=0.8)
    upload.send()
    time.sleep(1.2)
    upload.send()
    assert upload.finish()[0] == 200
    assert count() == 1


def test_a_transaction_around_the_view_locks_nobody_out_while_the_body_comes_in(postgres):
    for wired in start_wired("wsgi-sqlite", postgres, env={"WIRED_ATOMIC_REQUESTS": "1"}):
        upload = Upload(wired, "/upload/", 2000)
        upload.send()
        time.sleep(0.3)
        assert wired.ask("/do/creates/", seconds=1)[:1] == (200,)
        upload.send()
        status, wrote, body = upload.finish()
        assert (status, wrote["w"], body, len(wired.titles())) == (200, "1", "2000", 2)


def test_an_asgi_app_that_writes_before_it_has_read_is_refused(postgres):
    for wired in start_wired("asgi-sqlite", postgres, attribute="raw"):
        for target, status, made in [("/x/", 503, 0), ("/x/?after", 200, 1)]:
            upload = Upload(wired, target, 2000)
            upload.send()
            upload.send()
            answered, _, body = upload.finish()
            assert (answered, len(wired.titles())) == (status, made)
            if not made:
                assert json.loads(body)["error"]["code"] == "BODY_INCOMPLETE"


class Reset(Exception):
    pass


class Stream(io.BytesIO):
    """Where it `fails`, its end is an error, once; then it seems to be an end."""

    def __init__(self, content, fails):
        super().__init__(content)
        self.fails = fails

    def read(self, size=-1):
        return self.fail_at_end(super().read(size), size < 0)

    def readline(self, size=-1):
        return self.fail_at_end(super().readline(size), False)

    def fail_at_end(self, chunk, to_end):
        if self.fails and (to_end or not chunk):
            self.fails = False
            raise Reset
        return chunk


def make_input(content, length_bytes, fails=False):
    exchange = Exchange()
    exchange.deadline_ms = 1e15
    return UploadInput(Stream(content, fails), length_bytes, exchange)


def test_what_was_read_ahead_is_read_where_the_app_stopped():
    content = b"one\ntwo\nthree\n" + b"x" * 2_000_000
    body = make_input(content, len(content))
    assert (body.readline(), body.read(2)) == (b"one\n", b"tw")
    assert body.complete()
    assert body.spool._rolled  # not in memory
    assert (body.read(2), body.readline()) == (b"o\n", b"three\n")
    assert len(body.read()) == 2_000_000
    assert (body.read(5), body.readline(), list(body)) == (b"", b"", [])


@pytest.mark.parametrize(
    "content, length_bytes, fails, whole",
    [
        (b"ab\ncd", 5, False, True),
        (b"ab\ncd", 6, False, False),
        (b"ab\ncd", 6, True, False),
        (b"ab\ncd", None, False, True),
        (b"ab\ncd", None, True, False),
        (b"", 0, False, True),
        (b"", 1, False, False),
        (b"", None, False, True),
    ],
)
@pytest.mark.parametrize("reads", [[], ["all"], ["lines"], ["part"], ["past"]])
def test_a_body_is_whole_only_at_its_end(content, length_bytes, fails, whole, reads):
    body = make_input(content, length_bytes, fails)
    try:
        if reads == ["all"]:
            body.read()
        if reads == ["lines"]:
            body.readlines()
        if reads == ["part"]:
            body.read(1)
        if reads == ["past"]:
            body.read(100), body.read(100), body.read(100)
    except Reset:
        pass
    assert body.complete() == whole
    assert body.complete() == whole
