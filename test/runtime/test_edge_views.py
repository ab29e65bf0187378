"""Which route was resolved, whether the view read the session, and the probe context."""

import json

import pytest

from edge_wire import start_wired


@pytest.fixture(scope="module", params=["wsgi-sqlite", "asgi-sqlite"])
def wired(request, postgres):
    yield from start_wired(request.param, postgres)


def session_of(wired, target):
    status, wrote, _ = wired.ask(target, "GET", "read")
    assert status == 200
    return wrote["session"]


@pytest.mark.parametrize("name", ["session", "session_key", "writes_session", "user", "user_template"])
def test_a_view_that_reads_the_session_says_so(wired, name):
    assert session_of(wired, "/page/%s/" % name) == "1"


@pytest.mark.parametrize("name", ["plain", "plain_template"])
@pytest.mark.parametrize("middleware", ["", "session", "user"])
def test_a_read_by_middleware_does_not_count(wired, name, middleware):
    assert session_of(wired, "/page/%s/?middleware=%s" % (name, middleware)) == "0"


@pytest.mark.parametrize("name", ["user", "user_template"])
def test_a_user_that_middleware_had_asked_for_counts_when_the_view_reads_it(wired, name):
    assert session_of(wired, "/page/%s/?middleware=user" % name) == "1"


@pytest.mark.parametrize(
    "path, route",
    [
        ("/page/plain/", "/page/:name/"),
        ("/count/", "/count/"),
        ("/shop/items/7/", "/shop/items/:pk/"),
        ("/shop/items/7", "/shop/items/:pk/"),
        ("/odd/7/", r"/odd/(\d+)/"),
        ("/nothing/", ""),
    ],
)
def test_names_the_pattern_that_was_resolved(wired, path, route):
    assert wired.ask(path, "GET", "read")[1]["r"] == route


def test_the_404_of_the_urlconf_is_marked_all_the_same(wired):
    assert wired.server.get("/nothing/")[1]["x-mizan-unresolved"] == "1"


def test_the_probe_context_counts_and_names_its_release(wired):
    target = "/_mizan/ctx/_mizan_probe/"
    numbers = []
    for _ in range(5):
        status, wrote, body = wired.ask(target, "GET", "read")
        answer = json.loads(body)["_mizan_probe"]
        assert (status, answer["release"]) == (200, "r1")
        assert wrote == {"w": "0", "session": "0", "r": target, "i": "i1"}
        numbers.append(answer["n"])
    assert numbers == sorted(set(numbers)) and numbers[-1] < 2**53
    status, headers, _ = wired.server.get(target, headers={"Host": "10.0.0.1"})
    assert status == 200 and headers["cache-control"] == "no-store"
    assert headers["content-type"] == "application/json"
    assert wired.server.get(target, "HEAD")[::2] == (200, "")
    assert wired.server.get(target, "POST")[0] == 405


def test_the_probe_context_rises_over_all_workers(make_app):
    app = make_app("plain", "config.settings")
    server = app.serve("config.wsgi:application", workers=3)
    numbers = [json.loads(server.get("/_mizan/ctx/_mizan_probe/")[2])["_mizan_probe"]["n"] for _ in range(30)]
    assert numbers == sorted(set(numbers))


def test_without_a_ring_there_is_no_wire(make_app):
    app = make_app("plain", "config.settings")
    server = app.serve("config.wsgi:application")
    assert "x-mizan-wrote" not in server.get("/", headers={"X-Mizan-Intent": "x"})[1]
    assert "edgeKids" not in server.get("/_mizan/live")[2]
