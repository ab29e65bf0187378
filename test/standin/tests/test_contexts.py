"""`GET ctx/<name>/`: the bundle, its parameters, its errors."""

from mizan.cache import MemoryCache, use_cache
from sample import clients


def test_a_bundle_is_bare_and_its_keys_are_sorted(browser):
    response = browser.get("/api/mizan/ctx/catalog/?page=2")
    assert response.content.decode() == (
        '{"catalog_page":{"items":["ä","b"],"made_for":"None","page":2}}'
    )
    assert response["Content-Type"] == "application/json"


def test_nothing_is_to_be_stored(browser):
    for path in ("ctx/catalog/", "ctx/nothing/", "session/", "call/"):
        assert browser.get(f"/api/mizan/{path}")["Cache-Control"] == "no-store"


def test_all_functions_of_the_context_are_in_it_but_those_with_a_route(browser):
    assert browser.get("/api/mizan/ctx/list/?active=true").json() == {
        "list_page": {"active": True, "page": 1},
        "list_total": 2,
    }
    assert browser.get("/api/mizan/ctx/user/?user_id=5").json() == {"user_profile": {"id": 5}}


def test_the_last_value_of_a_name_counts_and_unknown_names_do_not(browser):
    answer = browser.get("/api/mizan/ctx/catalog/?page=1&page=3&utm=x").json()
    assert answer["catalog_page"]["page"] == 3


def test_a_missing_or_wrong_parameter_is_told(browser):
    for query in ("", "?user_id=me"):
        response = browser.get(f"/api/mizan/ctx/user/{query}")
        assert response.status_code == 422
        assert response.json()["error"]["code"] == "VALIDATION_ERROR"
        assert response.json()["error"]["details"][0]["loc"] == ["user_id"]


def test_an_unknown_context_is_not_found(browser):
    response = browser.get("/api/mizan/ctx/nothing/")
    assert response.status_code == 404
    assert response.json() == {
        "error": {"code": "NOT_FOUND", "message": "There is no context 'nothing'."}
    }


def test_a_context_is_read_only(browser):
    assert browser.post("/api/mizan/ctx/catalog/").status_code == 405


def test_one_guard_closes_the_whole_context(browser, make_user):
    assert browser.get("/api/mizan/ctx/basket/?owner_id=1").status_code == 401
    browser.force_login(make_user())
    assert browser.get("/api/mizan/ctx/basket/?owner_id=1").status_code == 200


def test_a_function_with_a_route_answers_there(browser):
    response = browser.get("/profile/5/")
    assert response.content == b"<p>Profile 5 for AnonymousUser</p>"
    assert response["Cache-Control"] == "no-store"
    assert browser.post("/profile/5/").status_code == 405
    assert browser.get("/profile/me/").status_code == 404


def test_the_origin_cache_answers_per_user_until_a_mutation_purges(browser, make_user, call):
    use_cache(MemoryCache())
    try:
        clients.runs.clear()
        staff = make_user(is_staff=True)
        browser.get("/api/mizan/ctx/catalog/")
        browser.get("/api/mizan/ctx/catalog/")
        browser.force_login(staff)
        answer = browser.get("/api/mizan/ctx/catalog/").json()
        assert answer["catalog_page"]["made_for"] == str(staff.pk)
        assert len(clients.runs) == 2
        call(browser, "rename_all", {"user_id": 5})
        browser.get("/api/mizan/ctx/catalog/")
        assert len(clients.runs) == 3
    finally:
        use_cache(None)
