"""The SSR template backend with real Bun: what it renders, and what it survives."""

import os
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from mizan.ssr import MizanTemplates, SSRError

HERE = Path(__file__).parent
WORKER = HERE.parent / "mizan/worker/worker.tsx"
REPOSITORY = HERE.parent.parent.parent


@pytest.fixture(autouse=True)
def bun_on_path(monkeypatch):
    bin_folder = REPOSITORY / "node_modules/.bin"
    monkeypatch.setenv("PATH", f"{bin_folder}:{os.environ['PATH']}")


@pytest.fixture
def make_engine():
    """Workers are shared by their path: each test's ends with it."""
    engines = []

    def make(**options):
        folders = [HERE / "nowhere", HERE / "components"]
        options = {"worker": WORKER, **options}
        engine = MizanTemplates(
            {"NAME": "mizan", "DIRS": folders, "APP_DIRS": False, "OPTIONS": options}
        )
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        engine.bridge.close()


def render(engine, template_name, /, **props):
    return engine.get_template(template_name).render(props)


def test_a_component_is_rendered_with_its_props_beside_it(make_engine):
    html = render(make_engine(), "hello.tsx", name="Ana")
    assert html == (
        '<div id="mizan-root"><p title="">Hello<!-- -->, <!-- -->Ana<!-- -->!</p></div>'
        '<script>window.__MIZAN_SSR_DATA__ = {"name": "Ana"}</script>'
    )


def test_the_request_and_the_csrf_token_are_no_props(make_engine):
    template = make_engine().get_template("hello.tsx")
    html = template.render({"name": "Ana", "csrf_token": "secret", "request": 1}, HttpRequest())
    assert 'title=""' in html
    assert "secret" not in html and "request" not in html


def test_nothing_in_the_props_ends_the_script(make_engine):
    name = "</script><!-- \u2028 & ☕"
    html = render(make_engine(), "hello.tsx", name=name, price=Decimal("2.50"))
    data = html.partition("__MIZAN_SSR_DATA__ = ")[2].removesuffix("</script>")
    assert data == (
        '{"name": "\\u003C/script\\u003E\\u003C!-- \\u2028 \\u0026 \\u2615", "price": "2.50"}'
    )
    assert "&lt;/script&gt;&lt;!-- \u2028 &amp; ☕" in html


@pytest.mark.parametrize(
    "name", ["Missing.tsx", "hello.html", "../test_ssr.py", "../../secret.tsx", "cards"]
)
def test_what_is_no_component_below_dirs_does_not_exist(make_engine, name):
    with pytest.raises(TemplateDoesNotExist):
        make_engine().get_template(name)


def test_settings_are_checked(make_engine):
    with pytest.raises(ImproperlyConfigured, match="worker"):
        make_engine(worker=None)
    with pytest.raises(ImproperlyConfigured, match="workers"):
        make_engine(workers=2)
    older = make_engine(worker=None, worker_path=str(WORKER), timeout=7)
    assert older.bridge.timeout_seconds == 7


def test_a_component_that_throws_is_an_error_and_the_worker_goes_on(make_engine):
    engine = make_engine()
    with pytest.raises(SSRError, match="no such luck"):
        render(engine, "trouble.tsx", does="throw")
    with pytest.raises(SSRError, match="no default export"):
        render(engine, "cards/nameless.tsx")
    first = engine.bridge.worker
    assert "Ana" in render(engine, "hello.tsx", name="Ana")
    assert engine.bridge.worker is first


def test_what_a_component_prints_is_taken_for_no_answer(make_engine):
    assert "<p>printed</p>" in render(make_engine(), "trouble.tsx", does="print")


def test_a_worker_that_ends_is_started_anew(make_engine):
    engine = make_engine()
    with pytest.raises(SSRError, match="ended"):
        render(engine, "trouble.tsx", does="exit")
    assert "Ana" in render(engine, "hello.tsx", name="Ana")
    engine.bridge.worker.process.kill()
    engine.bridge.worker.process.wait()
    assert "Tom" in render(engine, "hello.tsx", name="Tom")


def test_a_worker_that_hangs_is_ended_after_the_timeout(make_engine):
    engine = make_engine(timeout=1)
    with pytest.raises(SSRError, match="within 1 s"):
        render(engine, "trouble.tsx", does="hang")
    assert "Ana" in render(engine, "hello.tsx", name="Ana")


def test_threads_share_one_worker_and_get_their_own_answers(make_engine):
    engine = make_engine()
    right = []

    def ask(name):
        # Longer than a pipe holds, so that unlocked writes would mix.
        if f"{name * 20_000}<" in render(engine, "hello.tsx", name=name * 20_000):
            right.append(name)

    threads = [threading.Thread(target=ask, args=(f"name{number}",)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(right) == 16


def run_script(text):
    """A Django process of its own; its stdout."""
    script = f"""
import os, sys
from mizan.ssr import MizanTemplates
engine = MizanTemplates({{"NAME": "m", "DIRS": [{str(HERE / "components")!r}], "APP_DIRS": False,
                          "OPTIONS": {{"worker": {str(WORKER)!r}}}}})
def render(name):
    return engine.get_template("hello.tsx").render({{"name": name}})
{text}
"""
    done = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, timeout=30, check=True
    )
    return done.stdout


def test_a_forked_process_has_a_worker_of_its_own_and_leaves_the_parents_alone():
    out = run_script(
        """
render("parent")
first = engine.bridge.worker.process.pid
child = os.fork()
if child == 0:
    assert "child" in render("child")
    assert engine.bridge.worker.process.pid != first
    sys.exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert "again" in render("again")
assert engine.bridge.worker.process.pid == first
print("whole")
"""
    )
    assert out == "whole\n"


@pytest.mark.parametrize("end", ["sys.exit(0)", "os.kill(os.getpid(), 9)"])
def test_no_worker_outlives_its_django(end):
    script = f"""
render("one")
print(engine.bridge.worker.process.pid, flush=True)
{end}
"""
    try:
        pid = int(run_script(script))
    except subprocess.CalledProcessError as error:
        pid = int(error.stdout)
    deadline = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(pid)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
