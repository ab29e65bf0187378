"""A request that the Edge limited commits nothing past its deadline, whatever holds it up."""

import http.client
import json
import sqlite3
import threading
import time

import pytest

from conftest import UnixConnection
from edge_wire import FLAVOURS, now_ms, read_wrote, sign_intent, start_wired


@pytest.fixture(scope="module", params=FLAVOURS)
def wired(request, postgres):
    yield from start_wired(request.param, postgres)


@pytest.fixture
def count(wired):
    """`count()`: things made since the test began."""
    before = len(wired.titles())
    return lambda: len(wired.titles()) - before


def assert_stopped(answer, wrote):
    status, fields, body = answer
    assert (status, fields["w"]) == (503, wrote)
    assert json.loads(body)["error"]["code"] == "DEADLINE_EXCEEDED"


def test_does_not_start_past_it(wired, count):
    assert_stopped(wired.ask("/do/creates/", seconds=-0.01), "0")
    assert count() == 0


@pytest.mark.parametrize("name", ["before_write", "before_commit", "swallowed"])
def test_a_write_or_commit_past_it_is_refused(wired, count, name):
    assert_stopped(wired.ask("/late/%s/?seconds=0.7" % name, seconds=0.4), "0")
    assert count() == 0


def test_what_was_committed_before_is_reported(wired, count):
    assert_stopped(wired.ask("/late/between/?seconds=0.7", seconds=0.4), "1")
    assert count() == 1


def test_a_late_answer_keeps_its_invalidation_under_the_mac(wired):
    target = "/invalidate/?seconds=0.7"
    header = sign_intent("POST", target, "covered", 0.4)
    status, headers, _ = wired.server.get(target, "POST", {"X-Mizan-Intent": header})
    assert status == 503 and headers["x-mizan-invalidate"] == "thing;id=5, things"
    assert read_wrote(status, headers)["w"] == "1"


@pytest.mark.parametrize("name", ["after_commit", "session"])
def test_an_answer_that_only_comes_late_stays_as_it_is(wired, count, name):
    status, wrote, body = wired.ask("/late/%s/?seconds=0.7" % name, seconds=0.4)
    assert (status, wrote["w"], body) == (200, "1", "answered")
    assert count() == 1


def test_requests_without_an_intent_and_reads_have_no_limit(wired, count):
    assert wired.ask("/late/before_write/?seconds=0.5", mode="read")[:1] == (200,)
    assert wired.ask("/late/before_write/?seconds=0.5", mode="uncovered", seconds=None)[0] == 200
    assert count() == 2


def test_a_streamed_write_past_it_is_refused(wired, count):
    header = sign_intent("POST", "/stream/?seconds=0.7", "covered", 0.4)
    headers = {"X-Mizan-Intent": header}
    connection, response = wired.server.request("/stream/?seconds=0.7", "POST", headers)
    with pytest.raises((OSError, http.client.IncompleteRead)):
        response.read()
    connection.close()
    assert count() == 0


def test_a_long_statement_ends_at_it(wired, count):
    if wired.vendor == "postgresql":
        slow = "INSERT+INTO+things_thing+(title)+SELECT+'slow'+FROM+pg_sleep(5)"
    else:
        numbers = "WITH+RECURSIVE+n(i)+AS+(SELECT+1+UNION+ALL+SELECT+i%2B1+FROM+n+WHERE+i+<+90000000)"
        slow = "INSERT+INTO+things_thing+(title)+" + numbers + "+SELECT+'slow'+FROM+n+WHERE+i+<+0"
    started = time.monotonic()
    assert_stopped(wired.ask("/late/statement/?sql=" + slow, seconds=0.6), "0")
    assert time.monotonic() - started < 3
    assert count() == 0


@pytest.mark.parametrize("wired", ["asgi-postgresql", "wsgi-postgresql"], indirect=True)
def test_a_procedure_ends_at_it(wired, count):
    sql = "DO+$$+BEGIN+PERFORM+pg_sleep(5);+INSERT+INTO+things_thing+(title)+VALUES+('x');+END+$$"
    started = time.monotonic()
    answer = wired.ask("/late/statement/?sql=" + sql, seconds=0.6)
    # It may have committed inside before it was stopped: nobody can say.
    assert_stopped(answer, "1")
    assert time.monotonic() - started < 3
    assert count() == 0
    assert wired.server.get("/timeouts/")[2] == "0 0"


@pytest.mark.parametrize("wired", ["wsgi-sqlite"], indirect=True)
@pytest.mark.parametrize("seconds, status, wrote", [(0.4, 503, "0"), (5, 200, "1")])
def test_a_lone_write_that_nothing_interrupts_is_not_committed_past_it(
    wired, count, seconds, status, wrote
):
    answer = wired.ask("/late/elsewhere/", seconds=seconds)
    assert (answer[0], answer[1]["w"], count()) == (status, wrote, int(wrote))


@pytest.fixture
def locked(wired):
    """Somebody else holds the lock that a write needs."""
    if wired.vendor == "postgresql":
        with wired.connect() as connection:
            connection.execute("INSERT INTO things_thing (title) VALUES ('locked')")
            with connection.transaction():
                connection.execute("SELECT * FROM things_thing WHERE title = 'locked' FOR UPDATE")
                yield
    else:
        file = next(wired.app.data.rglob("default.sqlite3"))
        connection = sqlite3.connect(str(file), isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
        connection.close()


@pytest.mark.parametrize("name", ["row", "locks"])
def test_waiting_for_a_lock_ends_at_it(wired, locked, name):
    started = time.monotonic()
    assert_stopped(wired.ask("/late/%s/" % name, seconds=0.6), "0")
    assert 0.4 < time.monotonic() - started < 3


@pytest.mark.parametrize("seconds, made", [(0.4, 0), (5, 1)], ids=["late", "in time"])
def test_a_client_that_goes_away_changes_nothing_about_the_limit(wired, count, seconds, made):
    target = "/late/before_write/?seconds=0.8"
    header = sign_intent("POST", target, "covered", seconds)
    connection = UnixConnection(str(wired.server.path))
    connection.request("POST", target, headers={"Host": "localhost", "X-Mizan-Intent": header})
    time.sleep(0.2)
    connection.close()
    time.sleep(1.2)
    assert count() == made


@pytest.mark.parametrize("wired", ["asgi-postgresql", "asgi-sqlite"], indirect=True)
def test_a_task_that_goes_on_after_the_answer_has_no_limit(wired, count):
    status, wrote, body = wired.ask("/background/?seconds=0.8", seconds=0.5)
    assert (status, wrote["w"], body) == (200, "0", "started")
    time.sleep(1.3)
    assert count() == 1


def send_upload(wired, pauses, header_seconds, target="/upload/", mode="uncovered"):
    """Sends a body in as many parts as there are pauses. Returns the answer."""
    header = sign_intent("POST", target, mode, header_seconds)
    connection = UnixConnection(str(wired.server.path))
    connection.putrequest("POST", target, skip_host=True)
    for name, value in [("Host", "localhost"), ("Content-Length", str(10 * len(pauses)))]:
        connection.putheader(name, value)
    connection.putheader("X-Mizan-Intent", header)
    connection.endheaders()
    for pause in pauses:
        time.sleep(pause)
        connection.send(b"x" * 10)
    response = connection.getresponse()
    status, headers, body = response.status, dict(response.getheaders()), response.read().decode()
    connection.close()
    return status, read_wrote(status, {k.lower(): v for k, v in headers.items()}), body


def test_the_limit_of_an_upload_counts_from_the_end_of_its_body(wired, count):
    status, wrote, body = send_upload(wired, [0.3, 0.3, 0.3], 0.5)
    assert (status, wrote["w"], body) == (200, "1", "30")
    assert count() == 1


def test_the_limit_of_a_covered_request_does_not(wired, count):
    assert_stopped(send_upload(wired, [0.3, 0.3, 0.3], 0.5, mode="covered"), "0")
    assert count() == 0


def test_the_time_that_the_app_takes_for_an_upload_counts(wired, count):
    assert_stopped(send_upload(wired, [0.0], 0.4, "/upload/?seconds=0.8"), "0")
    assert count() == 0


def test_no_write_of_many_at_once_commits_past_its_deadline(wired):
    """Requests whose deadlines fall all over their work: each is told the truth about itself."""
    before = len(wired.titles())
    told = []

    def ask(offset):
        for number in range(6):
            late = 0.02 * ((number + offset) % 7)
            status, wrote, _ = wired.ask("/late/before_commit/?seconds=0.05", seconds=late)
            told.append((status, wrote["w"]))

    threads = [threading.Thread(target=ask, args=(offset,)) for offset in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(told) <= {(200, "1"), (503, "0")} and len(told) == 24
    assert len(wired.titles()) - before == told.count((200, "1"))


def test_the_deadline_is_the_wall_clock(wired):
    assert wired.ask("/do/creates/", seconds=(10**14 - now_ms()) / 1000)[0] == 200


def test_atomic_requests_are_refused_as_a_whole(postgres):
    for flavour in ("wsgi-sqlite", "wsgi-postgresql"):
        env = {"WIRED_ATOMIC_REQUESTS": "1", "WIRED_CONN_MAX_AGE": "0"}
        for wired in start_wired(flavour, postgres, env=env):
            before = len(wired.titles())
            assert_stopped(wired.ask("/late/after_commit/?seconds=0.7", seconds=0.4), "0")
            assert len(wired.titles()) == before
            assert wired.ask("/do/creates/")[1]["w"] == "1"


def test_an_app_that_starts_with_its_body_is_limited_and_reported_too(postgres):
    for wired in start_wired("wsgi-sqlite", postgres, attribute="lazy"):
        status, wrote, _ = wired.ask("/do/creates/")
        assert (status, wrote["w"], wrote["r"]) == (200, "1", "/do/:name/")
        assert_stopped(wired.ask("/late/before_write/?seconds=0.7", seconds=0.4), "0")
