"""Celery worker and beat: settings, readiness and the ends of both."""

import signal
import time

import pytest


def wait_for(path, process, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if path.exists():
            return
        assert process.poll() is None, process.stderr.read().decode()
        time.sleep(0.05)
    process.kill()
    raise AssertionError("not ready:\n" + process.stderr.read().decode())


@pytest.fixture
def celery_env(plain, redis_url):
    plain.overlay(redisUrl=redis_url)
    return {"MIZAN_CELERY_APP": "config.celery:app", "MIZAN_READY_FILE": str(plain.folder / "ready")}


def test_beat_starts_tasks_and_the_worker_runs_them(plain, celery_env):
    ready = plain.folder / "ready"
    log = open(plain.folder / "worker.log", "wb")
    worker = plain.start("celery-worker", env=celery_env, stdout=log, stderr=log)
    deadline = time.monotonic() + 30
    while not ready.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    text = (plain.folder / "worker.log").read_text()
    assert ready.exists(), text
    assert int(ready.read_text()) == worker.pid
    assert "concurrency: 2" in text and "local-r1@" in text
    beat_ready = plain.folder / "beat-ready"
    env = dict(celery_env, MIZAN_READY_FILE=str(beat_ready))
    beat = plain.start("celery-beat", env=env, stdout=log, stderr=log)
    wait_for(beat_ready, beat)
    deadline = time.monotonic() + 20
    while "ticked" not in text and time.monotonic() < deadline:
        time.sleep(0.1)
        text = (plain.folder / "worker.log").read_text()
    assert "ticked" in text
    beat.send_signal(signal.SIGTERM)
    worker.send_signal(signal.SIGTERM)
    assert beat.wait(timeout=15) == 0
    assert worker.wait(timeout=15) == 0
    log.close()
    assert list(plain.data.glob("celerybeat-schedule*"))
    assert not list(plain.app.glob("celerybeat*"))


def test_the_probe_takes_a_hint_for_the_app(plain):
    celery = plain.probe({"MIZAN_CELERY_APP": "config"})["facts"]["celery"]
    assert celery["app"] == "config.celery:app"
