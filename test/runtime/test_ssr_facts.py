"""What the probe knows of templates that components render."""

import sys

import pytest
from conftest import RUNTIME

sys.path.insert(0, str(RUNTIME))

from mizan_runtime.probe.ssr_facts import ssr_facts  # noqa: E402

BACKEND = "mizan.ssr.MizanTemplates"


def test_the_probe_finds_folders_worker_and_timeout(make_app):
    app = make_app("framework", "config.components")
    facts = app.probe()["facts"]
    assert facts["ssr"] == {
        "folders": ["frontend", "shared/pages", "."],
        "worker": str(app.app / "node_modules" / "worker.tsx"),
        "timeoutSeconds": 2.5,
    }
    assert facts["locations"]["TEMPLATES"] == "config/components.py:8"


def test_an_app_without_the_backend_has_no_such_fact(plain):
    assert plain.probe()["facts"]["ssr"] is None


@pytest.mark.parametrize(
    "entry, worker, timeout",
    [
        ({"BACKEND": BACKEND}, None, 5),
        ({"BACKEND": BACKEND, "OPTIONS": None, "DIRS": None}, None, 5),
        ({"BACKEND": BACKEND, "OPTIONS": {"worker_path": "old.tsx"}}, "old.tsx", 5),
        ({"BACKEND": BACKEND, "OPTIONS": {"worker": "./new.tsx", "worker_path": "old.tsx"}}, "./new.tsx", 5),
        ({"BACKEND": BACKEND, "OPTIONS": {"timeout": 30}}, None, 30),
        ({"BACKEND": BACKEND, "OPTIONS": {"timeout": 0}}, None, 5),
        ({"BACKEND": BACKEND, "OPTIONS": {"timeout": "soon"}}, None, 5),
    ],
)
def test_options_as_people_write_them(tmp_path, entry, worker, timeout):
    facts = ssr_facts({"TEMPLATES": [entry]}, str(tmp_path))
    assert facts == {"folders": [], "worker": worker, "timeoutSeconds": timeout}


@pytest.mark.parametrize("backend", ["shop.MizanTemplates", "mizan.ssr.Other", "xmizan.ssr.MizanTemplates", None])
def test_another_backend_is_none_of_it(tmp_path, backend):
    assert ssr_facts({"TEMPLATES": [{"BACKEND": backend}]}, str(tmp_path)) is None
    assert ssr_facts({}, str(tmp_path)) is None


def test_folders_behind_a_link_are_named_by_where_they_are(tmp_path):
    app = tmp_path / "app"
    (app / "frontend").mkdir(parents=True)
    (tmp_path / "link").symlink_to(app)
    entry = {"BACKEND": BACKEND, "DIRS": [str(tmp_path / "link" / "frontend"), tmp_path, str(app) + "2"]}
    assert ssr_facts({"TEMPLATES": [entry]}, str(app.resolve()))["folders"] == ["frontend"]
