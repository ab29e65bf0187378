"""Verb `manifest`, and what the probe and the overlay know of the Mizan framework."""

import json
import sys
import textwrap

import pytest
from conftest import RUNTIME

sys.path.insert(0, str(RUNTIME))
from mizan_runtime.manifest.export import ManifestUnreadable, parse_printed  # noqa: E402

OWN_KEY = "Kz8pW2mQx5vT9cN3rY7hB1sL4jD6gF0aEuIoZtRqXwVn"


@pytest.fixture
def app(make_app):
    return make_app("framework", "config.settings")


def facts_of(app, **env):
    status, result, _, _ = app.run("probe", env=env)
    assert status == 0 and result["error"] is None
    return result["facts"]["mizan"]


def secrets_of(app, **env):
    return {secret["setting"]: secret for secret in facts_of(app, **env)["secrets"]}


def test_an_app_without_the_framework_has_no_such_fact(plain):
    _, result, _, _ = plain.run("probe")
    assert result["facts"]["mizan"] is None


def test_finds_prefix_cookies_and_languages(app):
    app.overlay()
    facts = facts_of(app)
    assert facts["baseUrls"] == ["/api/mizan/"]
    assert facts["hasManifestCommand"] is True
    assert facts["sessionCookie"] == "who"
    assert facts["identityCookies"] == ["jwt-access", "messages"]
    assert facts["mwtTtlSeconds"] == 300
    assert facts["hasOriginCache"] is False
    assert facts["language"] == {
        "languages": [
            {"code": "en", "hasCatalogue": True},
            {"code": "de", "hasCatalogue": True},
            {"code": "tlh", "hasCatalogue": False},
        ],
        "fallback": "en-us",
        "cookieName": "django_language",
    }


def test_names_the_variable_of_each_secret_whether_it_is_set_or_not(app):
    app.overlay()
    for env in ({}, {"TOKEN_KEY": OWN_KEY, "CACHE_KEY": OWN_KEY}):
        secrets = secrets_of(app, **env)
        assert secrets["MIZAN_MWT_SECRET"]["variable"] == "TOKEN_KEY"
        assert secrets["MIZAN_CACHE_SECRET"]["variable"] == "CACHE_KEY"


def test_says_which_secrets_are_there_without_their_values(app):
    app.overlay()
    status, result, _, stderr = app.run("probe", env={"TOKEN_KEY": OWN_KEY})
    secrets = {secret["setting"]: secret for secret in result["facts"]["mizan"]["secrets"]}
    assert status == 0
    assert secrets["MIZAN_MWT_SECRET"]["state"] == "present"
    assert secrets["MIZAN_CACHE_SECRET"]["state"] == "absent"
    assert secrets["OTHER_JWT_SECRET"] == {
        "ring": "jwt",
        "setting": "OTHER_JWT_SECRET",
        "state": "present",
        "isSecretKey": False,
        "variable": None,
    }
    assert OWN_KEY not in json.dumps(result) + stderr


def test_notices_a_jwt_that_is_signed_with_the_secret_key(app):
    app.overlay()
    secret = secrets_of(app)['SIMPLE_JWT["SIGNING_KEY"]']
    assert secret["ring"] == "jwt"
    assert secret["isSecretKey"] is True


def test_asks_each_variable_by_itself_where_one_takes_no_text(app):
    app.overlay()
    # Every name of the first try at once would stop the settings at int("Mz0q…").
    assert "KEY_COUNT" in (app.app / "config" / "settings.py").read_text()
    assert secrets_of(app)["MIZAN_MWT_SECRET"]["variable"] == "TOKEN_KEY"


def test_variables_of_the_framework_s_own_names_are_asked_for(app):
    app.overlay()
    _, result, _, _ = app.run("probe")
    assert "MIZAN_CACHE_REDIS_URL" in [variable["name"] for variable in result["variables"]]
    assert "MIZAN_RELEASE" not in [variable["name"] for variable in result["variables"]]


def secrets_file(app):
    path = app.folder / "mizan-secrets.json"
    path.write_text(json.dumps({"MIZAN_MWT_SECRET": OWN_KEY}))
    return str(path)


def overlay_of(app, **env):
    _, result, _, _ = app.run("probe", env=env)
    return [change for change in result["facts"]["overlay"] if change["rule"] == "mizan"]


def test_the_overlay_replaces_a_placeholder_of_the_token_secret(app):
    app.overlay(mizanSecretsFile=secrets_file(app))
    (change,) = overlay_of(app, TOKEN_KEY="change-me")
    assert (change["setting"], change["action"]) == ("MIZAN_MWT_SECRET", "replaced")
    assert OWN_KEY not in json.dumps(change)
    (change,) = overlay_of(app, TOKEN_KEY=" ")
    assert (change["setting"], change["action"]) == ("MIZAN_MWT_SECRET", "filled")


def test_the_overlay_leaves_a_secret_of_the_user_s_own_and_other_apps(app, plain):
    app.overlay(mizanSecretsFile=secrets_file(app))
    assert overlay_of(app, TOKEN_KEY=OWN_KEY) == []
    plain.overlay(mizanSecretsFile=secrets_file(plain))
    assert overlay_of(plain) == []


def test_the_overlay_s_rule_can_be_switched_off(app):
    app.overlay(mizanSecretsFile=secrets_file(app), disabledRules=["mizan"])
    assert overlay_of(app, TOKEN_KEY="change-me") == []


def test_reads_the_manifest_among_log_lines(app):
    app.overlay()
    status, result, _, _ = app.run("manifest")
    assert status == 0 and result["error"] is None
    context = result["manifest"]["contexts"]["notes"]
    assert context["endpoints"] == ["/api/mizan/ctx/notes/"]
    assert context["page_routes"] == ["/notes/"]


def test_moves_endpoints_to_where_the_urlconf_has_them_and_keeps_the_pages(app):
    app.overlay()
    urls = app.app / "config" / "urls.py"
    urls.write_text(
        textwrap.dedent(
            """
            from django.urls import include, re_path
            urlpatterns = [re_path(r"^backend/calls/", include("mizan.urls"))]
            """
        )
    )
    _, result, _, _ = app.run("manifest")
    context = result["manifest"]["contexts"]["notes"]
    assert context["endpoints"] == ["/backend/calls/ctx/notes/"]
    assert context["page_routes"] == ["/notes/"]


def test_a_command_that_fails_is_an_error_of_the_app_with_its_line(app):
    app.overlay()
    status, result, _, _ = app.run("manifest", env={"MANIFEST_FAILS": "1"})
    assert status == 1 and result["manifest"] is None
    assert result["error"]["type"] == "ValueError"
    assert result["error"]["location"].startswith("mizan/export/__init__.py:")


def test_says_where_the_package_differs_and_that_its_registry_is_unreadable(app):
    app.overlay()
    _, result, _, _ = app.run("manifest")
    assert result["guarded"] is None
    assert "mizan_core.cache.keys.derive_cache_key is not there" in result["disagreements"]


def test_a_key_function_that_differs_is_named_with_the_case(app):
    package = app.app / "mizan_core" / "cache"
    package.mkdir(parents=True)
    (app.app / "mizan_core" / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "keys.py").write_text(
        "def derive_cache_key(secret, context, params, user_id=None, rev=0):\n"
        "    return 'ctx:%s:0' % context\n"
    )
    app.overlay()
    _, result, _, _ = app.run("manifest")
    first = result["disagreements"][0]
    assert first.startswith("derive_cache_key gives ctx:global:0 for context global")
    assert "d4feb7c5" in first


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"contexts": {}}', {"contexts": {}}),
        ('log {x}\n{"contexts": {"a": {"b": "}"}}}\nbye', {"contexts": {"a": {"b": "}"}}}),
        ('{"contexts": {}}\n{"level": "info"}', {"contexts": {}}),
        ('{"version": 2}', {"version": 2}),
    ],
)
def test_takes_the_outermost_object(text, expected):
    assert parse_printed(text) == expected


@pytest.mark.parametrize("text", ["", "no manifest", "{", "[1]"])
def test_output_without_an_object_is_named(text):
    with pytest.raises(ManifestUnreadable, match="printed no JSON object"):
        parse_printed(text)
