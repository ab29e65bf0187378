"""`POST call/` and functions with routes: results, errors, invalidation."""

import pytest


def test_a_mutation_says_what_it_invalidates_in_body_and_header(browser, call):
    response = call(browser, "update_profile", {"user_id": 5, "name": "Ana"})
    assert response.json() == {
        "result": {"id": 5, "name": "Ana"},
        "invalidate": [{"context": "user", "params": {"user_id": 5}}],
    }
    assert response["X-Mizan-Invalidate"] == "user;user_id=5"
    assert response["Cache-Control"] == "no-store"


def test_each_context_is_scoped_by_the_arguments_that_it_shares(browser, make_user, call):
    browser.force_login(make_user(is_staff=True))
    response = call(browser, "rename_all", {"user_id": 5, "active": True})
    assert response.json()["invalidate"] == [
        {"context": "user", "params": {"user_id": 5}},
        "catalog",
        {"context": "list", "params": {"active": True}},
    ]
    assert response["X-Mizan-Invalidate"] == "user;user_id=5, catalog, list;active=true"


def test_a_function_is_a_target_by_its_name(browser, call):
    scoped = call(browser, "touch_profile", {"user_id": 5})
    assert scoped.json()["invalidate"] == [{"function": "user_profile", "params": {"user_id": 5}}]
    assert scoped["X-Mizan-Invalidate"] == "user_profile;user_id=5"
    broad = call(browser, "touch_profile")
    assert broad.json()["invalidate"] == ["user_profile"]
    assert broad["X-Mizan-Invalidate"] == "user_profile"


def test_a_merge_names_the_slot_of_the_same_type_and_sends_no_header(browser, make_user, call):
    browser.force_login(make_user())
    response = call(browser, "add_piece", {"owner_id": 5, "piece": "cup"})
    value = {"owner": 5, "pieces": ["cup"]}
    assert response.json() == {
        "result": value,
        "merge": [
            {"context": "basket", "slot": "basket", "value": value, "params": {"owner_id": 5}}
        ],
    }
    assert "X-Mizan-Invalidate" not in response


def test_a_function_that_affects_nothing_says_nothing(browser, call):
    response = call(browser, "user_profile", {"user_id": "5"})
    assert response.json() == {"result": {"id": 5}}
    assert "X-Mizan-Invalidate" not in response


@pytest.mark.parametrize(
    ("fn", "args", "status", "code"),
    [
        ("nothing", {}, 404, "NOT_FOUND"),
        ("update_profile", {}, 422, "VALIDATION_ERROR"),
        ("update_profile", {"user_id": 5, "extra": 1}, 422, "VALIDATION_ERROR"),
        ("stripe_webhook", {}, 403, "FORBIDDEN"),
        ("archive_list", {"page": 1}, 400, "BAD_REQUEST"),
        ("basket", {"owner_id": 5}, 401, "UNAUTHORIZED"),
        ("break_something", {"how": "politely"}, 400, "BAD_REQUEST"),
        ("break_something", {"how": "badly"}, 500, "INTERNAL_ERROR"),
    ],
)
def test_failures_come_in_the_envelope_and_invalidate_nothing(
    browser, call, fn, args, status, code
):
    response = call(browser, fn, args)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert "X-Mizan-Invalidate" not in response


def test_details_are_told_and_secrets_are_not(browser, call):
    polite = call(browser, "break_something", {"how": "politely"})
    assert polite.json()["error"]["details"] == {"limit": 3}
    assert b"secret" not in call(browser, "break_something", {"how": "badly"}).content


@pytest.mark.parametrize("body", ["", "[]", "{", '{"function": "user_profile"}', '{"fn": 1}'])
def test_a_body_of_another_form_is_a_bad_request(browser, body):
    browser.handler.enforce_csrf_checks = False
    response = browser.post("/api/mizan/call/", body, content_type="application/json")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "BAD_REQUEST")


def test_guards(browser, make_user, call):
    assert call(browser, "rename_all", {"user_id": 1}).status_code == 401
    browser.force_login(make_user("tom"))
    assert call(browser, "rename_all", {"user_id": 1}).status_code == 403
    browser.force_login(make_user("root", is_superuser=True))
    assert call(browser, "rename_all", {"user_id": 1}).status_code == 200
    assert call(browser, "behind_the_door").status_code == 403
    assert call(browser, "behind_the_door", None, **{"X-Door": "open"}).json()["result"] == "in"


def test_a_route_answers_with_its_own_response_and_the_header(browser):
    browser.handler.enforce_csrf_checks = False
    response = browser.post("/lists/7/archive/")
    assert (response.status_code, response["Location"]) == (302, "/lists/")
    assert response["X-Mizan-Invalidate"] == "list;page=7"
    assert browser.delete("/lists/7/archive/").status_code == 302
    assert browser.get("/lists/7/archive/").status_code == 405


def test_a_route_that_refuses_invalidates_nothing(browser):
    browser.handler.enforce_csrf_checks = False
    assert "X-Mizan-Invalidate" not in browser.post("/lists/100/archive/")
    missing = browser.post("/lists/404/archive/")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_a_private_function_is_reached_by_its_route_without_csrf(browser):
    response = browser.post("/webhooks/stripe/")
    assert response.status_code == 200
    assert response["X-Mizan-Invalidate"] == "subscription"
