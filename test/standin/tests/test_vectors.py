"""Every case of vectors.json: keys, headers, tokens."""

import pytest
from conftest import VECTORS
from mizan.client.invalidation import format_invalidate_header
from mizan_core.cache.keys import canonical_message, derive_cache_key
from mizan_core.mwt import create_mwt, decode_mwt

MWT = {case["name"]: case for case in VECTORS["computed_mwt"]}
VALID = MWT["valid-at-1780000100"]


@pytest.mark.parametrize("case", VECTORS["computed_cache_keys"], ids=lambda case: case["name"])
def test_the_key_and_the_message_under_it(case):
    scope = (case["context"], case["params"], case["user_id"], case["rev"])
    assert canonical_message(*scope) == case["canonical"]
    assert derive_cache_key(VECTORS["secret_utf8"], *scope) == case["key"]


@pytest.mark.parametrize("case", VECTORS["computed_non_ascii"], ids=lambda case: case["name"])
def test_non_ascii_is_escaped_as_python_does(case):
    scope = (case["context"], case["params"], case["user_id"], case["rev"])
    wanted = case["ascii_escaped_as_python_default"]
    assert canonical_message(*scope) == wanted["canonical"]
    assert derive_cache_key(VECTORS["secret_utf8"], *scope) == wanted["key"]


@pytest.mark.parametrize(
    "case", VECTORS["computed_invalidate_headers"], ids=lambda case: case["header"]
)
def test_the_header(case):
    assert format_invalidate_header(case["invalidate"]) == case["header"]


def test_the_valid_token_is_read():
    claims = decode_mwt(
        VALID["token"], VALID["secret_utf8"], "shop.example", now=VALID["expect"]["at"]
    )
    assert claims == VALID["payload"]


def test_the_valid_token_is_what_we_write():
    class User:
        pk, is_staff, is_superuser = 5, False, False

        def get_all_permissions(self):
            return set()

    payload = VALID["payload"]
    token = create_mwt(User(), VALID["secret_utf8"], 300, "shop.example", "v1", now=payload["iat"])
    claims = decode_mwt(token, VALID["secret_utf8"], "shop.example", now=payload["iat"])
    # The page does not say what is under `pkey`.
    assert {**claims, "pkey": payload["pkey"]} == payload


def test_the_expired_token_is_refused():
    at = MWT["expired"]["expect"]["at"]
    assert decode_mwt(VALID["token"], VALID["secret_utf8"], now=at) is None


@pytest.mark.parametrize("name", ["alg-none", "wrong-audience"])
def test_the_bad_token_is_refused(name):
    case = MWT[name]
    secret = case.get("secret_utf8", VALID["secret_utf8"])
    audience = case["expect"].get("audience")
    assert decode_mwt(case["token"], secret, audience, now=1780000100) is None


def test_without_an_audience_of_ours_any_will_do():
    assert decode_mwt(VALID["token"], VALID["secret_utf8"], now=1780000100) is not None
