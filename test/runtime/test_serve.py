"""The app under gunicorn and uvicorn: health, the unresolved header, drain and death."""

import json
import os
import signal
import stat
import sys
import threading
import time

import gunicorn
import pytest

from conftest import RUNTIME

sys.path.insert(0, str(RUNTIME))

from mizan_runtime.serve.run import COUNTS_CONNECTIONS_RELIABLY  # noqa: E402

KINDS = [("config.wsgi:application", "wsgi"), ("config.asgi:application", "asgi")]


@pytest.fixture(params=KINDS, ids=["wsgi", "asgi"])
def served(request, plain):
    assert plain.run("migrate")[0] == 0
    application, interface = request.param
    plain.application, plain.interface = application, interface
    return plain


def start(app, **options):
    return app.serve(app.application, app.interface, **options)


def wait_until_gone(pids, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(is_running(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def is_running(pid):
    try:
        with open("/proc/%d/stat" % pid) as stream:
            return stream.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_answers_health_whatever_the_host(served):
    server = start(served)
    status, headers, body = server.get("/_mizan/live", headers={"Host": "10.0.0.1"})
    live = json.loads(body)
    assert status == 200 and headers["cache-control"] == "no-store"
    assert live["release"] == "r1" and live["ok"] is True and live["instance"]
    status, _, body = server.get("/_mizan/ready", headers={"Host": "10.0.0.1"})
    ready = json.loads(body)
    assert status == 200 and ready["instance"] == live["instance"]
    assert [check["name"] for check in ready["checks"]] == ["database:default", "migrations"]
    assert server.get("/", headers={"Host": "10.0.0.1"})[0] == 400


def test_is_not_ready_with_pending_migrations(plain):
    server = plain.serve("config.wsgi:application")
    status, _, body = server.get("/_mizan/ready")
    check = next(check for check in json.loads(body)["checks"] if check["name"] == "migrations")
    assert status == 503 and "shop.0002_order_note" in check["message"]
    assert plain.run("migrate")[0] == 0
    assert server.get("/_mizan/ready")[0] == 200


def test_health_works_without_the_overlay(make_app):
    app = make_app("plain", "config.settings")
    app.overlay(enabled=False)
    server = app.serve("config.wsgi:application")
    assert server.get("/_mizan/live", headers={"Host": "10.0.0.1"})[0] == 200


def test_marks_404_of_the_urlconf_and_not_of_a_view(served):
    server = start(served)
    status, headers, _ = server.get("/no/such/page/")
    assert status == 404 and headers["x-mizan-unresolved"] == "1"
    status, headers, _ = server.get("/missing-item/")
    assert status == 404 and "x-mizan-unresolved" not in headers
    assert "x-mizan-unresolved" not in server.get("/")[1]


def test_marks_404_behind_language_prefixes(make_app):
    server = make_app("i18n", "i18n.settings").serve("i18n.wsgi:application")
    assert server.get("/de/")[2] == "de"
    assert server.get("/de/nothing/")[1].get("x-mizan-unresolved") == "1"
    assert "x-mizan-unresolved" not in server.get("/de/gone/")[1]


def test_the_app_runs_under_our_settings_and_knows_client_and_scheme(served):
    headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    about = json.loads(start(served).get("/about-request/", headers=headers)[2])
    assert about == {
        "settings": "mizan_runtime.settings",
        "debug": False,
        "secure": True,
        "host": "localhost",
        "client": "203.0.113.7",
    }


def test_an_error_of_a_view_is_in_the_log_with_its_traceback(served):
    server = start(served)
    assert server.get("/error/")[0] == 500
    assert "RuntimeError: the view is broken" in server.log()
    assert "views.py" in server.log()


def test_serves_settings_classes(make_app):
    app = make_app("classes", "classes.settings")
    server = app.serve("classes.wsgi:application", env={"DJANGO_SECRET_KEY": "s" * 9})
    assert server.get("/")[2] == "prod"


def test_only_the_owner_may_connect(served):
    server = start(served)
    assert stat.S_IMODE(os.stat(server.path).st_mode) == 0o600


def test_a_slow_request_finishes_after_sigterm(served):
    server = start(served)
    answer = []
    thread = threading.Thread(target=lambda: answer.append(server.get("/slow/?seconds=2")))
    thread.start()
    time.sleep(0.7)
    server.process.send_signal(signal.SIGTERM)
    thread.join()
    assert answer and answer[0][0] == 200 and answer[0][2] == "slow answer"
    assert server.process.wait(timeout=5) == 0


def test_workers_are_gone_within_two_seconds_of_kill_9_of_the_master(served):
    server = start(served, workers=2)
    deadline = time.monotonic() + 20
    while len(server.workers()) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    workers = server.workers()
    assert len(workers) == 2
    # One of them is in the middle of a long request.
    thread = threading.Thread(target=swallow, args=(server, "/slow/?seconds=20"))
    thread.start()
    time.sleep(0.3)
    server.process.kill()
    assert wait_until_gone(workers, 2)
    server.process.wait()
    thread.join()


def swallow(server, path):
    try:
        server.get(path)
    except OSError:
        return


def test_a_killed_worker_is_replaced(served):
    server = start(served)
    first = json.loads(server.get("/_mizan/live")[2])["instance"]
    os.kill(server.workers()[0], signal.SIGKILL)
    server.wait_until_live()
    assert json.loads(server.get("/_mizan/live")[2])["instance"] != first


@pytest.mark.parametrize("interface", ["wsgi", "asgi"])
def test_an_app_that_does_not_import_ends_with_its_traceback(make_app, interface):
    app = make_app("broken", "broken.settings")
    env = {
        "MIZAN_BIND": "unix:%s" % (app.folder / "app.sock"),
        "MIZAN_INTERFACE": interface,
        "MIZAN_APPLICATION": "broken.wsgi:application",
        "MIZAN_WORKERS": "1",
    }
    status, _, _, stderr = app.run("serve", env=env)
    assert status == 3
    assert "broken/urls.py" in stderr and "no_such_view" in stderr


def test_no_request_is_lost_on_connections_that_stay_open(served):
    server = start(served)
    connection, response = server.request("/")
    response.read()
    if served.interface == "wsgi":
        # One request each: an idle connection that the server closes could swallow the next request.
        assert response.getheader("connection") == "close"
    else:
        time.sleep(6)
        connection.request("GET", "/", headers={"Host": "localhost"})
        assert connection.getresponse().read() == b"home"
    connection.close()


def test_writes_from_many_threads_do_not_find_sqlite_locked(served):
    server = start(served, workers=2)
    statuses = []

    def write():
        for _ in range(10):
            statuses.append(server.get("/buy/", method="POST")[0])

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 80
    assert server.get("/count/")[2] == "80"


# Older versions, which Python 3.8 has, cannot be told so.
if gunicorn.version_info >= COUNTS_CONNECTIONS_RELIABLY:

    def test_a_worker_takes_no_connection_that_another_could_answer(plain):
        server = plain.serve("config.wsgi:application", workers=2)
        deadline = time.monotonic() + 20
        while len(instances(server)) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        # Two workers of four threads: all but one thread are busy.
        slow = [threading.Thread(target=server.get, args=("/slow/?seconds=6",)) for _ in range(7)]
        for thread in slow:
            thread.start()
        time.sleep(0.5)
        for _ in range(10):
            assert server.get("/")[2] == "home"
        assert all(thread.is_alive() for thread in slow)
        for thread in slow:
            thread.join()


def instances(server):
    return {json.loads(server.get("/_mizan/live")[2])["instance"] for _ in range(8)}


def test_websockets_are_closed_with_1012_at_drain(plain):
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import unix_connect

    server = plain.serve("config.socket_asgi:application", "asgi")
    with unix_connect(str(server.path), "ws://localhost/echo") as socket:
        socket.send("hello")
        assert socket.recv() == "HELLO"
        server.process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=10)
    assert closed.value.rcvd.code == 1012
    assert server.process.wait(timeout=10) == 0
