"""The pipe worker: a real process between a pipe, as the framework's bridge has it, and an HTTP server."""

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import RUNTIME
from ssr_server import SsrServer, failure

# Far above what anything here takes.
PATIENCE_SECONDS = 30
PROJECT = Path(__file__).resolve().parents[2]


class Worker:
    """The process; what it writes is read by a thread, so that every wait is bounded."""

    def __init__(self, env, *command, **options):
        self.process = subprocess.Popen(
            [sys.executable, *(command or ("-m", "mizan_runtime.ssr"))],
            env=dict({"PATH": os.environ["PATH"], "PYTHONPATH": str(RUNTIME)}, **env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **options,
        )
        self.answers = queue.Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.answers.put(line)

    def next(self):
        return json.loads(self.answers.get(timeout=PATIENCE_SECONDS))

    def write(self, text):
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def ask(self, request_id, file, props=None):
        params = {"file": str(file), "props": props or {}}
        self.write(json.dumps({"id": request_id, "method": "render", "params": params}))

    def end(self):
        """Ends its input; returns `(exit status, stderr)`."""
        self.process.stdin.close()
        status = self.process.wait(PATIENCE_SECONDS)
        self.reader.join(PATIENCE_SECONDS)
        with self.process.stderr as stream:
            return status, stream.read().decode()


@pytest.fixture
def start(tmp_path):
    """`start(answer)` returns `(worker, server)`, the worker ready; `app` below tmp_path is the app."""
    servers, workers = [], []
    (tmp_path / "app" / "pages").mkdir(parents=True)

    def run(answer=lambda request: (200, "<p>"), serving=True, **options):
        server = SsrServer(answer)
        servers.append(server)
        if serving:
            server.start()
        env = {"MIZAN_SSR_SOCKET": str(server.socket_path), "MIZAN_APP_FOLDER": str(tmp_path / "app")}
        worker = Worker(env, *options.pop("command", ()), **options)
        workers.append(worker)
        if serving:
            assert worker.next() == {"id": 0, "ready": True}
        return worker, server

    run.app = tmp_path / "app"
    yield run
    for worker in workers:
        if worker.process.poll() is None:
            worker.process.kill()
            worker.process.wait()
        worker.reader.join()
    for server in servers:
        server.remove()


def test_asks_the_server_for_the_component_by_its_path_in_the_project(start):
    worker, server = start(lambda request: (200, "<b>ü & \u2028 \U0001f600</b>"))
    props = {"name": "</script>\u2028\U0001f600\"'", "n": [1, 2.5, None, True, 2**60], "half": "\ud800"}
    worker.ask(7, start.app / "pages" / "A.tsx", props)
    assert worker.next() == {"id": 7, "html": "<b>ü & \u2028 \U0001f600</b>"}
    request = {"component": "pages/A.tsx", "props": props, "output": "inner"}
    assert server.requests == [("/render", "application/json", request)]


def test_names_files_behind_links_by_where_they_are(start, tmp_path):
    (tmp_path / "link").symlink_to(start.app)
    (start.app / "components").symlink_to(start.app / "pages")
    worker, server = start()
    worker.ask(1, tmp_path / "link" / "components" / "A.tsx")
    assert worker.next() == {"id": 1, "html": "<p>"}
    assert server.requests[0][2]["component"] == "pages/A.tsx"


def test_answers_in_the_order_in_which_renders_end(start):
    may_end = threading.Event()

    def answer(request):
        if request["component"] == "pages/Slow.tsx":
            assert may_end.wait(PATIENCE_SECONDS)
        return 200, request["component"]

    worker, _ = start(answer)
    worker.ask("slow", start.app / "pages" / "Slow.tsx")
    worker.ask("fast", start.app / "pages" / "Fast.tsx")
    assert worker.next() == {"id": "fast", "html": "pages/Fast.tsx"}
    worker.write('{"id": 3, "method": "ping"}')
    assert worker.next() == {"id": 3, "pong": True}
    may_end.set()
    assert worker.next() == {"id": "slow", "html": "pages/Slow.tsx"}


def test_at_most_64_renders_are_asked_for_at_once_and_none_is_lost(start):
    may_end, lock, seen = threading.Event(), threading.Lock(), {"now": 0, "most": 0}

    def answer(request):
        with lock:
            seen["now"] += 1
            seen["most"] = max(seen["most"], seen["now"])
        assert may_end.wait(PATIENCE_SECONDS)
        with lock:
            seen["now"] -= 1
        return 200, str(request["props"]["n"])

    worker, _ = start(answer)
    for n in range(100):
        worker.ask(n, start.app / "pages" / "A.tsx", {"n": n})
    deadline = time.monotonic() + PATIENCE_SECONDS
    while seen["now"] < 64 and time.monotonic() < deadline:
        time.sleep(0.01)
    worker.write('{"id": "p", "method": "ping"}')
    assert worker.next() == {"id": "p", "pong": True}
    may_end.set()
    answers = {answer["id"]: answer["html"] for answer in (worker.next() for _ in range(100))}
    assert answers == {n: str(n) for n in range(100)}
    assert seen["most"] == 64


@pytest.mark.parametrize(
    "answer, text",
    [
        (failure(500, "threw", "x is not a function", "pages/A.tsx:3:7"), "x is not a function (pages/A.tsx:3:7)"),
        (failure(404, "unknown-component", "no such component"), "no such component (pages/A.tsx)"),
        (failure(504, "timeout", "took over 5 s", None, None), "took over 5 s"),
        ((502, "<h1>Bad Gateway</h1>"), "the SSR server answered with status 502"),
        ((500, "[]"), "the SSR server answered with status 500"),
    ],
)
def test_a_render_that_fails_is_an_error_with_the_place(start, answer, text):
    worker, server = start(lambda request: answer)
    worker.ask(1, start.app / "pages" / "A.tsx")
    assert worker.next() == {"id": 1, "error": text}
    assert len(server.requests) == 1


def test_a_busy_server_and_a_lost_answer_are_asked_again(start):
    answers = [failure(503, "overloaded", "busy"), failure(503, "overloaded", "busy"), None, (200, "<i>")]
    worker, server = start(lambda request: answers.pop(0))
    worker.ask(1, start.app / "pages" / "A.tsx")
    assert worker.next() == {"id": 1, "html": "<i>"}
    assert len(server.requests) == 4


def test_a_render_that_takes_the_server_with_it_is_not_tried_over_and_over(start):
    worker, server = start(lambda request: None)
    worker.ask(1, start.app / "pages" / "A.tsx")
    assert worker.next() == {"id": 1, "error": "the SSR server broke off: RemoteDisconnected"}
    assert len(server.requests) == 2


def test_waits_for_a_server_that_starts_later_and_for_one_that_is_restarted(start):
    worker, server = start(serving=False)
    with pytest.raises(queue.Empty):
        worker.answers.get(timeout=0.5)
    server.start()
    assert worker.next() == {"id": 0, "ready": True}
    server.stop()
    worker.ask(1, start.app / "pages" / "A.tsx")
    with pytest.raises(queue.Empty):
        worker.answers.get(timeout=0.5)
    server.start()
    assert worker.next() == {"id": 1, "html": "<p>"}


def test_without_a_server_it_is_ready_in_the_end_and_each_render_says_why_it_failed(start):
    worker, server = start(serving=False)
    assert worker.next() == {"id": 0, "ready": True}
    worker.ask(1, start.app / "pages" / "A.tsx")
    assert worker.next() == {"id": 1, "error": "the SSR server is not there: No such file or directory"}
    status, stderr = worker.end()
    assert status == 0 and str(server.socket_path) in stderr


@pytest.mark.parametrize(
    "line, request_id, text",
    [
        ("{", None, "^invalid request: "),
        ("\u00ff[1]", None, "^invalid request: "),
        ("[1]", None, "^invalid request: a request is an object$"),
        ('{"id": 1, "x": %s}' % ("[" * 100_000), None, "^invalid request: "),
        ('{"id": 1, "method": "eval"}', 1, '^unknown method: "eval"$'),
        ('{"id": "a"}', "a", "^unknown method: null$"),
        ('{"id": 1, "method": "render"}', 1, "^render takes params$"),
        ('{"id": 1, "method": "render", "params": {"file": 3}}', 1, "^render takes the path"),
        ('{"id": 1, "method": "render", "params": {"file": "a\\u0000"}}', 1, "^render takes the path"),
        ('{"id": 1, "method": "render", "params": {"file": "\\ud800"}}', 1, "^render takes the path"),
        ('{"id": 1, "method": "render", "params": {"file": "/etc/passwd"}}', 1, "outside of the app$"),
    ],
)
def test_what_it_cannot_do_is_an_error_answer(start, line, request_id, text):
    worker, server = start()
    worker.write(line)
    answer = worker.next()
    assert answer["id"] == request_id and re.search(text, answer["error"])
    worker.ask(2, start.app / "pages" / "A.tsx")
    assert worker.next() == {"id": 2, "html": "<p>"}
    assert len(server.requests) == 1
    assert worker.end() == (0, "")


def test_a_neighbour_of_the_app_folder_is_outside(start, tmp_path):
    worker, _ = start()
    for file in (tmp_path / "app2" / "A.tsx", start.app / ".." / "A.tsx"):
        worker.ask(1, file)
        assert worker.next() == {"id": 1, "error": "%s is outside of the app" % file}


def test_large_props_and_html_pass_and_larger_ones_than_the_server_takes_are_refused(start):
    worker, server = start(lambda request: (200, request["props"]["text"] * 2))
    worker.ask(1, start.app / "pages" / "A.tsx", {"text": "x" * 3_000_000})
    assert worker.next() == {"id": 1, "html": "x" * 6_000_000}
    worker.ask(2, start.app / "pages" / "A.tsx", {"text": "x" * 5_000_000})
    assert worker.next() == {"id": 2, "error": "the props are larger than 4 MiB"}
    assert len(server.requests) == 1


def test_nothing_but_answers_goes_to_stdout(start):
    code = (
        "import os, subprocess, sys; from mizan_runtime.ssr import run, ssr_client\n"
        "def render(*_):\n"
        "    print('printed', flush=True); os.write(1, b'written')\n"
        "    subprocess.run(['echo', 'echoed']); raise KeyError('odd')\n"
        "ssr_client.SsrClient.render = render; run.main()"
    )
    worker, _ = start(command=("-c", code))
    worker.ask(1, start.app / "pages" / "A.tsx")
    assert worker.next() == {"id": 1, "error": "mizan: KeyError: 'odd'"}
    assert worker.end()[1] == "printed\nwrittenechoed\n"
    assert worker.answers.empty()


def test_ends_with_its_input_though_a_render_is_under_way(start):
    may_end, asked = threading.Event(), threading.Event()

    def answer(request):
        asked.set()
        may_end.wait(PATIENCE_SECONDS)
        return 200, ""

    worker, _ = start(answer)
    worker.ask(1, start.app / "pages" / "A.tsx")
    assert asked.wait(PATIENCE_SECONDS)
    assert worker.end() == (0, "")
    may_end.set()


def test_sigterm_ends_it_even_where_its_parent_ignores_that(start):
    worker, _ = start(preexec_fn=lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN))
    worker.process.terminate()
    assert worker.process.wait(PATIENCE_SECONDS) == -signal.SIGTERM


def test_ends_quietly_when_django_is_gone(start):
    _, server = start()
    reading, writing = os.pipe()
    os.close(reading)
    env = {
        "MIZAN_SSR_SOCKET": str(server.socket_path),
        "MIZAN_APP_FOLDER": str(start.app),
        "PYTHONPATH": str(RUNTIME),
    }
    command = [sys.executable, "-m", "mizan_runtime.ssr"]
    pipes = {"stdin": subprocess.PIPE, "stdout": writing, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=env, **pipes) as process:
        os.close(writing)
        # Its input is still open: what it cannot write is what ends it.
        assert process.wait(PATIENCE_SECONDS) == 0
        assert process.stderr.read() == b""


def test_needs_the_variables_that_name_the_server(start):
    worker = Worker({"MIZAN_SSR_SOCKET": "/nowhere"})
    status, stderr = worker.end()
    assert status == 2 and "MIZAN_APP_FOLDER" in stderr and worker.answers.empty()


def test_loads_nothing_of_django_or_of_the_app(start):
    code = (
        "import sys; from mizan_runtime.ssr import run; run.main()\n"
        "print([name for name in sys.modules if name.startswith(('django', 'mizan_runtime'))], file=sys.stderr)"
    )
    worker, _ = start(command=("-c", code))
    loaded = worker.end()[1]
    assert "mizan_runtime.ssr.pipe_worker" in loaded
    assert "django" not in loaded and "overlay" not in loaded


def test_says_the_same_as_the_servers_contract():
    from mizan_runtime import contract
    from mizan_runtime.ssr import pipe_worker, ssr_client

    text = (PROJECT / "edge" / "render" / "contract.ts").read_text()
    assert 'render: "%s"' % contract.SSR_RENDER_PATH in text
    assert re.search(r"atOnce: (\d+)", text).group(1) == str(pipe_worker.AT_ONCE)
    factors = re.search(r"propsBytes: ([\d *]+)", text).group(1).split("*")
    product = 1
    for factor in factors:
        product *= int(factor)
    assert product == ssr_client.LARGEST_BODY_BYTES
