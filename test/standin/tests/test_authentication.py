"""Sessions, CSRF, MWT and Bearer tokens."""

import pytest
from django.test import override_settings
from mizan_core.mwt import create_mwt, decode_mwt

SECRET = "a-token-secret-of-at-least-32-bytes"


def made_for(browser, **headers):
    response = browser.get("/api/mizan/ctx/catalog/", headers=headers)
    return response.json()["catalog_page"]["made_for"] if response.status_code == 200 else None


def post_call(browser, **headers):
    body = {"fn": "user_profile", "args": {"user_id": 5}}
    return browser.post(
        "/api/mizan/call/", body, content_type="application/json", headers=headers
    )


def test_a_call_needs_the_csrf_token_that_the_session_endpoint_gives(browser):
    assert post_call(browser).status_code == 403
    token = browser.get("/api/mizan/session/").json()["csrf_token"]
    assert browser.cookies["csrftoken"].value
    assert post_call(browser, **{"X-CSRFToken": token}).status_code == 200


def test_a_route_needs_it_too(browser):
    assert browser.post("/lists/7/archive/").status_code == 403


def test_a_token_stands_in_for_csrf(browser, make_user):
    token = create_mwt(make_user(), SECRET)
    assert post_call(browser, **{"X-Mizan-Token": token}).status_code == 200


def test_a_token_that_is_not_valid_stands_in_for_nothing(browser):
    assert post_call(browser, **{"X-Mizan-Token": "x"}).status_code == 401
    assert post_call(browser, Authorization="Bearer x").status_code == 401


def test_the_token_comes_before_the_session(browser, make_user):
    ana, tom = make_user("ana"), make_user("tom")
    browser.force_login(tom)
    assert made_for(browser) == str(tom.pk)
    assert made_for(browser, **{"X-Mizan-Token": create_mwt(ana, SECRET)}) == str(ana.pk)


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_there_is_no_way_back_to_the_session_from_a_bad_token(browser, make_user, token):
    browser.force_login(make_user())
    response = browser.get("/api/mizan/ctx/catalog/", headers={"X-Mizan-Token": token})
    assert (response.status_code, response.json()["error"]["code"]) == (401, "UNAUTHORIZED")


def test_a_token_of_another_secret_or_time_is_refused(browser, make_user):
    user = make_user()
    for token in (
        create_mwt(user, "x" * 32),
        create_mwt(user, SECRET, now=1_000_000_000),
        create_mwt(user, SECRET, now=4_000_000_000),
    ):
        assert made_for(browser, **{"X-Mizan-Token": token}) is None


@override_settings(MIZAN_MWT_SECRET=None)
def test_without_a_secret_every_token_has_failed(browser, make_user):
    browser.force_login(make_user())
    token = create_mwt(make_user("tom"), SECRET)
    assert made_for(browser, **{"X-Mizan-Token": token}) is None


def test_claims_make_the_user_without_a_query(browser, make_user, call):
    token = create_mwt(make_user(is_staff=True), SECRET)
    answer = call(browser, "rename_all", {"user_id": 1}, **{"X-Mizan-Token": token})
    assert answer.status_code == 200


def test_a_session_gets_an_mwt(browser, make_user, call):
    user = make_user()
    browser.force_login(user)
    answer = call(browser, "mwt_obtain")
    assert "X-Mizan-Invalidate" not in answer
    result = answer.json()["result"]
    assert result["expires_in"] == 300
    claims = decode_mwt(result["token"], SECRET)
    assert claims["sub"] == str(user.pk)
    assert claims["exp"] - claims["iat"] == 300
    assert (claims["staff"], claims["super"], len(claims["pkey"])) == (False, False, 64)
    assert "aud" not in claims


def test_only_a_session_gets_one(browser, make_user, call):
    assert call(browser, "mwt_obtain").status_code == 401
    token = create_mwt(make_user(), SECRET)
    assert call(browser, "mwt_obtain", None, **{"X-Mizan-Token": token}).status_code == 401


@override_settings(MIZAN_MWT_AUDIENCE="shop.example", MIZAN_MWT_TTL=60, MIZAN_MWT_KID="v2")
def test_settings_decide_audience_and_life(browser, make_user, call):
    browser.force_login(make_user())
    token = call(browser, "mwt_obtain").json()["result"]["token"]
    claims = decode_mwt(token, SECRET, "shop.example")
    assert (claims["aud"], claims["exp"] - claims["iat"]) == ("shop.example", 60)
    assert decode_mwt(token, SECRET, "other.example") is None


def test_bearer_tokens_are_had_refreshed_and_used(browser, make_user, call):
    user = make_user()
    browser.force_login(user)
    tokens = call(browser, "jwt_obtain").json()["result"]
    browser.logout()
    access = {"Authorization": f"Bearer {tokens['access']}"}
    assert made_for(browser, **access) == str(user.pk)
    assert made_for(browser, Authorization=f"Bearer {tokens['refresh']}") is None
    refreshed = call(browser, "jwt_refresh", {"refresh": tokens["refresh"]}).json()["result"]
    assert made_for(browser, Authorization=f"Bearer {refreshed['access']}") == str(user.pk)
    assert call(browser, "jwt_refresh", {"refresh": tokens["access"]}).status_code == 401
    user.is_active = False
    user.save()
    assert made_for(browser, **access) is None
