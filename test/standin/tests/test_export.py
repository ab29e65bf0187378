"""The manifest, the IR, the check of `affects`, and what the decorator refuses."""

import json
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.http import HttpResponse
from mizan import client
from mizan.export import generate_edge_manifest, generate_edge_manifest_json

# The page's example (1.7): constructed there, generated here.
EXAMPLE = {
    "contexts": {
        "catalog": {
            "endpoints": ["/api/mizan/ctx/catalog/"],
            "functions": [{"name": "catalog_page", "path": "rpc"}],
            "page_routes": [],
            "params": ["page"],
            "render_strategy": "psr",
            "user_scoped": False,
        },
        "user": {
            "endpoints": ["/api/mizan/ctx/user/"],
            "functions": [
                {
                    "methods": ["GET"],
                    "name": "profile_page",
                    "path": "view",
                    "route": "/profile/:user_id/",
                },
                {"name": "user_profile", "path": "rpc"},
            ],
            "page_routes": ["/profile/:user_id/"],
            "params": ["user_id"],
            "render_strategy": "dynamic_cached",
            "user_scoped": True,
        },
    },
    "mutations": {
        "stripe_webhook": {
            "affects": ["subscription"],
            "auto_scoped_params": [],
            "private": True,
            "route": "/webhooks/stripe/",
        },
        "update_profile": {
            "affects": ["user"],
            "auto_scoped_params": ["user_id"],
            "private": False,
        },
    },
    "version": 1,
}


@pytest.mark.parametrize("kind", ["contexts", "mutations"])
def test_the_manifest_holds_the_pages_example(kind):
    manifest = generate_edge_manifest()
    for name, described in EXAMPLE[kind].items():
        assert manifest[kind][name] == described


def test_the_manifest_has_these_keys_and_no_others():
    manifest = generate_edge_manifest()
    assert (set(manifest), manifest["version"]) == ({"version", "contexts", "mutations"}, 1)
    assert list(manifest["contexts"]) == ["catalog", "user", "list", "basket"]


def test_rev_is_the_highest_and_cache_the_lowest_of_a_context():
    contexts = generate_edge_manifest()["contexts"]
    assert (contexts["list"]["rev"], contexts["list"]["cache"]) == (3, 60)
    assert contexts["basket"]["cache"] is False


def test_mutations_are_those_with_affects_or_merge():
    mutations = generate_edge_manifest()["mutations"]
    assert mutations["add_piece"] == {"affects": [], "auto_scoped_params": [], "private": False}
    assert mutations["rename_all"]["auto_scoped_params"] == ["active", "user_id"]
    assert mutations["touch_profile"]["affects"] == ["user_profile"]
    assert mutations["archive_list"]["methods"] == ["POST", "DELETE"]
    assert mutations["archive_list"]["route"] == "/lists/:page/archive/"
    assert "break_something" not in mutations


def test_base_url_and_pages_are_the_projects():
    manifest = generate_edge_manifest("/m/", {"catalog": ["/shop/"], "user": ["/me/:user_id/"]})
    assert manifest["contexts"]["catalog"]["endpoints"] == ["/m/ctx/catalog/"]
    assert manifest["contexts"]["catalog"]["page_routes"] == ["/shop/"]
    assert manifest["contexts"]["user"]["page_routes"] == ["/profile/:user_id/", "/me/:user_id/"]


def test_the_command_prints_the_manifest():
    output = StringIO()
    call_command("export_edge_manifest", stdout=output)
    assert output.getvalue() == generate_edge_manifest_json() + "\n"
    assert json.loads(output.getvalue()) == generate_edge_manifest()


def test_the_ir_names_every_function_with_its_types():
    output = StringIO()
    call_command("export_mizan_ir", stdout=output)
    text = output.getvalue()
    assert 'function "list_page" path="rpc" context="list" {' in text
    assert 'affects "user"' in text
    assert "page" in text.split('"list_page"')[1].split("}\n")[0]


def test_an_unknown_target_is_warned_of():
    warnings = run_checks(tags=["mizan"])
    assert [warning.msg for warning in warnings] == [
        "stripe_webhook affects 'subscription', which is neither a context nor a function."
    ]


async def _async(request):
    return None


def _respond(request) -> HttpResponse:
    return HttpResponse()


def _plain(request):
    return None


@pytest.mark.parametrize(
    ("function", "options"),
    [
        (_async, {}),
        (_respond, {}),
        (_plain, {"route": "/x/"}),
        (_plain, {"context": "a", "affects": "b"}),
        (_plain, {"methods": ["GET"]}),
        (_plain, {"auth": "everyone"}),
    ],
)
def test_contradictions_are_refused(function, options):
    with pytest.raises(TypeError):
        client(function, **options)
