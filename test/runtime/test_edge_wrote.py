"""X-Mizan-Wrote under gunicorn and uvicorn, on SQLite and PostgreSQL: what counts as written."""

import threading

import pytest

from conftest import UnixConnection
from edge_wire import FLAVOURS, KEY, read_wrote, sign_intent, start_wired


@pytest.fixture(scope="module", params=FLAVOURS)
def wired(request, postgres):
    yield from start_wired(request.param, postgres)


NOTHING = [
    "reads",
    "locks",
    "undoes",
    "undoes_savepoint",
    "marks_for_rollback",
    "rolls_back_by_hand",
    "writes_ignored",
    "reads_in_thread",
    "repeats_unique",
]
SOMETHING = [
    "creates",
    "updates",
    "creates_many",
    "writes_raw",
    "writes_raw_many",
    "defines",
    "undoes_inner_only",
    "commits_by_hand",
    "writes_other",
    "writes_after_commit",
    "writes_in_thread",
    "commits_as_text",
]
OF_VENDOR = {
    "postgresql": ["writes_in_with", "copies", "calls", "selects_function", "writes_several"],
    "sqlite": ["runs_script"],
}
# Without a deadline nothing is wrapped or timed; with one everything is.
MODES = [("read", None), ("covered", 20)]


@pytest.mark.parametrize("mode, seconds", MODES, ids=["free", "limited"])
@pytest.mark.parametrize("path", ["do", "ado"])
@pytest.mark.parametrize("name", NOTHING)
def test_reads_and_what_is_rolled_back_are_nothing(wired, name, path, mode, seconds):
    if name == "repeats_unique":
        wired.ask("/do/fails_unique/", "GET", "read")
    status, wrote, _ = wired.ask("/%s/%s/" % (path, name), "GET", mode, seconds)
    assert (status, wrote["w"]) == (200, "0")


@pytest.mark.parametrize("mode, seconds", MODES, ids=["free", "limited"])
@pytest.mark.parametrize("path", ["do", "ado"])
@pytest.mark.parametrize("name", SOMETHING)
def test_committed_writes_count(wired, name, path, mode, seconds):
    status, wrote, _ = wired.ask("/%s/%s/" % (path, name), "GET", mode, seconds)
    assert (status, wrote["w"]) == (200, "1")


@pytest.mark.parametrize("mode, seconds", MODES, ids=["free", "limited"])
def test_other_ways_to_write_count(wired, mode, seconds):
    before = len(wired.titles())
    for name in OF_VENDOR[wired.vendor]:
        status, wrote, _ = wired.ask("/do/%s/" % name, "GET", mode, seconds)
        assert (name, status, wrote["w"]) == (name, 200, "1")
    assert len(wired.titles()) == before + len(OF_VENDOR[wired.vendor])


def test_a_write_by_middleware_after_the_view_counts(wired):
    assert wired.ask("/do/reads/?middleware=write")[1]["w"] == "1"


def test_a_session_that_is_saved_is_nothing(wired):
    status, wrote, _ = wired.ask("/page/writes_session/", "GET", "read")
    assert (status, wrote["w"]) == (200, "0")


def test_the_limited_connection_keeps_no_timeout(wired):
    free = wired.server.get("/timeouts/")[2]
    for name in ("creates", "updates", "defines", "undoes_inner_only"):
        wired.ask("/do/%s/" % name)
    assert {wired.server.get("/timeouts/")[2] for _ in range(8)} == {free}


def test_requests_at_the_same_time_do_not_share_their_account(wired):
    answers = {"reads": [], "creates": []}

    def ask(name):
        for number in range(15):
            intent_id = "%s-%d" % (name, number)
            _, wrote, _ = wired.ask("/do/%s/" % name, intent_id=intent_id)
            answers[name].append((wrote["w"], wrote["i"] == intent_id))

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("reads", "creates") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {"reads": [("0", True)] * 30, "creates": [("1", True)] * 30}


def test_a_streamed_answer_has_none(wired):
    before = len(wired.titles())
    status, wrote, body = wired.ask("/stream/")
    assert (status, wrote, body) == (200, None, "first second")
    assert len(wired.titles()) == before + 1


def test_an_answer_of_any_size_that_is_whole_has_one(wired):
    _, wrote, body = wired.ask("/page/plain/?size=700000", "GET", "read")
    assert wrote["w"] == "0" and len(body) == 700000


def test_the_mac_covers_status_and_invalidation(wired):
    status, wrote, _ = wired.ask("/invalidate/")
    assert (status, wrote) == (201, {"w": "1", "session": "0", "r": "/invalidate/", "i": "i1"})


@pytest.mark.parametrize(
    "header",
    [
        None,
        "nonsense",
        sign_intent("GET", "/do/creates/?x=2"),
        sign_intent("POST", "/do/creates/?x=1"),
        sign_intent("GET", "/do/creates/?x=1", key=dict(KEY, secret="other")),
        sign_intent("GET", "/do/creates/?x=1", key=dict(KEY, kid="k9")),
        # Past its deadline, if it were believed.
        "v=1;m=covered;i=a;d=1;k=k1;s=" + "A" * 43,
        # Twice.
        [sign_intent("GET", "/do/creates/?x=1")] * 2,
    ],
)
def test_an_intent_that_is_not_ours_has_no_limit_and_no_answer(wired, header):
    connection = UnixConnection(str(wired.server.path))
    connection.putrequest("GET", "/do/creates/?x=1", skip_host=True)
    connection.putheader("Host", "localhost")
    for value in [header] if isinstance(header, str) else header or []:
        connection.putheader("X-Mizan-Intent", value)
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 200 and response.read() == b"done"
    assert response.getheader("x-mizan-wrote") is None
    connection.close()


@pytest.mark.parametrize(
    "target", ["/page/plain/?", "/page/plain/?a=%2F%20b&c=%C3%A9", "/page/pl%61in/"]
)
def test_the_mac_is_over_the_target_as_it_was_sent(wired, target):
    assert wired.ask(target, "GET", "read")[1]["r"] == "/page/:name/"


def test_a_ring_that_changes_is_read_again(wired):
    second = dict(KEY, kid="k2", secret="edge-secret-2")

    def wrote(key):
        header = sign_intent("GET", "/do/reads/", key=key)
        status, headers, _ = wired.server.get("/do/reads/", headers={"X-Mizan-Intent": header})
        return read_wrote(status, headers, key)

    try:
        assert wrote(KEY) and wrote(second) is None
        wired.write_ring([KEY, dict(second, state="verify")])
        assert wrote(KEY) and wrote(second)
        assert '"edgeKids": ["k1", "k2"]' in wired.server.get("/_mizan/live")[2]
        wired.write_ring([dict(KEY, state="retired"), second])
        assert wrote(KEY) is None and wrote(second)
        # A broken file leaves the keys as they were, and says so.
        wired.keys.write_text("{")
        assert wrote(second)
        assert "cannot be read" in wired.server.log()
    finally:
        wired.write_ring([KEY])
    assert wrote(KEY)
