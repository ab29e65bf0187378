"""Runs verbs of `mizan_runtime` as the CLI does: real projects, real processes, real sockets."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

RUNTIME = Path(__file__).resolve().parents[2] / "runtime" / "origin"
PROJECTS = Path(__file__).resolve().parent / "projects"


class App:
    """A copy of a fixture project with an overlay, and the means to run verbs in it."""

    def __init__(self, folder, project, settings):
        self.folder = folder
        self.app = folder / "app"
        self.data = folder / "data"
        self.static = folder / "static"
        shutil.copytree(PROJECTS / project, self.app)
        self.data.mkdir()
        self.static.mkdir()
        (folder / "secret_key").write_text("generated-key-of-this-environment-0123456789-abcdefghij\n")
        self.env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(RUNTIME),
            "PYTHONDONTWRITEBYTECODE": "1",
            "MIZAN_SETTINGS_MODULE": settings,
            "MIZAN_RELEASE": "r1",
            "MIZAN_ENVIRONMENT": "local",
        }
        self.started = []

    def overlay(self, **changes):
        values = {
            "version": 1,
            "enabled": True,
            "disabledRules": [],
            "hosts": ["127.0.0.1", "localhost"],
            "origins": ["http://127.0.0.1:8000"],
            "scheme": "http",
            "appFolder": str(self.app),
            "dataFolder": str(self.data),
            "staticFolder": str(self.static),
            "secretKeyFile": str(self.folder / "secret_key"),
            "databaseUrl": None,
            "redisUrl": None,
        }
        values.update(changes)
        path = self.folder / "overlay.json"
        path.write_text(json.dumps(values))
        self.env["MIZAN_OVERLAY_FILE"] = str(path)
        return values

    def start(self, verb, *arguments, env=None, **options):
        process = subprocess.Popen(
            [sys.executable, "-m", "mizan_runtime", verb, *arguments],
            cwd=self.app,
            env=dict(self.env, **(env or {})),
            stderr=options.pop("stderr", subprocess.PIPE),
            **options,
        )
        self.started.append(process)
        return process

    def run(self, verb, *arguments, env=None):
        """Returns `(exit status, result, stdout, stderr)`; result is the JSON of the result descriptor."""
        read_fd, write_fd = os.pipe()
        process = self.start(
            verb,
            *arguments,
            env=dict(env or {}, MIZAN_RESULT_FD=str(write_fd)),
            stdout=subprocess.PIPE,
            pass_fds=[write_fd],
        )
        os.close(write_fd)
        # Written at once at the end, and far smaller than a pipe holds.
        stdout, stderr = process.communicate(timeout=120)
        with os.fdopen(read_fd) as stream:
            text = stream.read()
        result = json.loads(text) if text else None
        return process.returncode, result, stdout.decode(), stderr.decode()

    def probe(self, env=None):
        status, result, stdout, stderr = self.run("probe", env=env)
        assert status == 0, stderr
        assert stdout == ""
        return result

    def settings(self, *names, env=None):
        """Values of settings as the app sees them, by `manage shell`."""
        code = "import json; from django.conf import settings as s; import sys\n"
        code += "sys.stdout.write(chr(10) + json.dumps({n: getattr(s, n) for n in %r}, default=str))" % (
            list(names),
        )
        status, _, stdout, stderr = self.run("manage", "shell", "-c", code, env=env)
        assert status == 0, stderr
        return json.loads(stdout.splitlines()[-1])

    def serve(self, application, interface="wsgi", workers=1, env=None):
        """Starts the app on a Unix socket and returns it once it is live."""
        path = self.folder / "app.sock"
        log = open(self.folder / "serve.log", "ab")
        values = {
            "MIZAN_BIND": "unix:%s" % path,
            "MIZAN_INTERFACE": interface,
            "MIZAN_APPLICATION": application,
            "MIZAN_WORKERS": str(workers),
        }
        values.update(env or {})
        process = self.start("serve", env=values, stderr=log, stdout=log, start_new_session=True)
        log.close()
        server = Server(process, path, self.folder / "serve.log")
        server.wait_until_live()
        return server

    def stop_all(self):
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


class Server:
    def __init__(self, process, path, log_path):
        self.process = process
        self.path = path
        self.log_path = log_path

    def wait_until_live(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log()
            try:
                if self.get("/_mizan/live")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("not live after 30 s:\n" + self.log())

    def log(self):
        return self.log_path.read_text()

    def request(self, path, method="GET", headers=None):
        connection = UnixConnection(str(self.path))
        connection.request(method, path, headers=dict({"Host": "localhost"}, **(headers or {})))
        response = connection.getresponse()
        return connection, response

    def get(self, path, method="GET", headers=None):
        """Returns `(status, headers, body)`."""
        connection, response = self.request(path, method, headers)
        body = response.read().decode()
        connection.close()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, body

    def workers(self):
        path = "/proc/%d/task/%d/children" % (self.process.pid, self.process.pid)
        with open(path) as stream:
            return [int(pid) for pid in stream.read().split()]


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.unix_path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.unix_path)


@pytest.fixture
def make_app():
    """`make_app(project, settings)`; its processes end and its folder goes after the test."""
    apps = []

    def make(project, settings, overlay=True):
        # Not pytest's own folder: a socket's path may have 108 bytes at most.
        app = App(Path(tempfile.mkdtemp(prefix="mz-")).resolve(), project, settings)
        apps.append(app)
        if overlay:
            app.overlay()
        return app

    yield make
    for app in apps:
        app.stop_all()
        shutil.rmtree(app.folder)


@pytest.fixture
def plain(make_app):
    return make_app("plain", "config.settings")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """`postgres()` returns the URL of a new, empty database of a PostgreSQL that ends with the tests."""
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    folder = Path(tempfile.mkdtemp(prefix="mzpg-"))
    # PostgreSQL refuses to run as root.
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    command = [*as_user, str(binaries / "initdb"), "-D", str(data), "-U", "app", "-A", "trust", "-N"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    options = ["-c", "listen_addresses=", "-c", "unix_socket_directories=%s" % folder, "-c", "fsync=off"]
    server = subprocess.Popen(
        [*as_user, str(binaries / "postgres"), "-D", str(data), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    import psycopg

    base = "postgresql://app@/%s?host=" + str(folder)
    deadline = time.monotonic() + 30
    while True:
        try:
            admin = psycopg.connect(base % "postgres", autocommit=True)
            break
        except psycopg.OperationalError:
            assert server.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
    names = iter(range(1000))

    def create():
        name = "db%d" % next(names)
        admin.execute("CREATE DATABASE " + name)
        return base % name

    yield create
    admin.close()
    # The postmaster's own id: `runuser` may not pass a signal on.
    os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGINT)
    server.wait(timeout=20)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def redis_url():
    """URL of a Redis that ends with the tests."""
    folder = Path(tempfile.mkdtemp(prefix="mzrd-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            assert server.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
    yield "redis://127.0.0.1:%d/0" % port
    server.terminate()
    server.wait()
    shutil.rmtree(folder)


@pytest.fixture
def apply(tmp_path, monkeypatch):
    """`apply(settings, **input)` returns `(settings, {setting: change})`; the app is in `tmp_path/app`."""
    sys.path.insert(0, str(RUNTIME))
    from mizan_runtime.contract import OVERLAY_RULES
    from mizan_runtime.overlay import apply_overlay

    for name in ("app", "data", "static"):
        (tmp_path / name).mkdir()
    (tmp_path / "key").write_text("generated-key\n")
    monkeypatch.chdir(tmp_path / "app")

    def run(settings, only=None, **changes):
        values = {
            "version": 1,
            "enabled": True,
            "disabledRules": [rule for rule in OVERLAY_RULES if only and rule != only],
            "hosts": ["127.0.0.1", "localhost"],
            "origins": ["http://127.0.0.1:8000"],
            "scheme": "http",
            "appFolder": str(tmp_path / "app"),
            "dataFolder": str(tmp_path / "data"),
            "staticFolder": str(tmp_path / "static"),
            "secretKeyFile": str(tmp_path / "key"),
            "databaseUrl": None,
            "redisUrl": None,
        }
        values.update(changes)
        after, done = apply_overlay(settings, values)
        return after, {change["setting"]: change for change in done}

    run.path = tmp_path
    return run
