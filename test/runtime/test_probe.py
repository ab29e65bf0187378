"""The probe: what it finds, and that nothing the app does disturbs it."""

import os
import re

import django


def names(result, **wanted):
    return sorted(
        variable["name"]
        for variable in result["variables"]
        if all(variable[key] == value for key, value in wanted.items())
    )


def variable(result, name):
    return next(item for item in result["variables"] if item["name"] == name)


def test_static_fingerprint_follows_the_collected_files_and_nothing_else(plain):
    def fingerprint():
        return plain.probe()["facts"]["static"]["fingerprint"]

    first = fingerprint()
    (plain.app / "shop" / "unrelated.py").write_text("ANSWER = 42\n")
    assert fingerprint() == first
    file = next(path for path in sorted((plain.app / "static").rglob("*")) if path.is_file())
    file.write_text(file.read_text() + "/* changed */")
    assert fingerprint() != first


def test_reports_the_facts_of_a_plain_project(plain):
    result = plain.probe()
    assert result["error"] is None
    facts = result["facts"]
    assert facts["django"] == django.get_version()
    assert facts["settingsModule"] == "config.settings"
    assert facts["debug"] is True and facts["allowedHosts"] == []
    assert facts["secretKey"] == "placeholder"
    assert facts["wsgi"] == "config.wsgi:application" and facts["asgi"] is None
    assert facts["databases"]["default"] == {
        "engine": "django.db.backends.sqlite3",
        "vendor": "sqlite",
        "host": "file",
        "connMaxAge": 0,
    }
    fingerprint = facts["static"].pop("fingerprint")
    assert re.fullmatch("[0-9a-f]{64}", fingerprint)
    assert facts["static"] == {
        "url": "/static/",
        "root": str(plain.static),
        "installed": True,
        "hashed": False,
    }
    assert facts["media"] == {
        "url": "/media/",
        "root": str(plain.data / "media"),
        "local": True,
        "routed": False,
        "hasFileFields": False,
    }
    assert facts["urlconf"] == {"module": "config.urls", "resolvesRoot": True}
    assert facts["celery"] == {"app": "config.celery:app", "beat": True, "broker": "redis"}
    assert facts["redisHost"] == "loopback"
    assert facts["locations"]["DATABASES"] == "config/settings.py:24"
    assert facts["migrations"]["heads"]["shop"] == "0002_order_note"


def test_does_not_create_the_sqlite_file_and_lists_everything_as_pending(plain):
    migrations = plain.probe()["facts"]["migrations"]
    assert not (plain.data / "db.sqlite3").exists()
    assert migrations["databaseError"] is None
    assert {"app": "shop", "name": "0001_initial"}.items() <= migrations["pending"][-2].items()
    last = migrations["pending"][-1]
    assert last["name"] == "0002_order_note" and last["class"] == "opaque"
    assert [operation["class"] for operation in last["operations"]] == ["expand", "opaque"]


def test_lists_nothing_as_pending_after_migrate(plain):
    assert plain.run("migrate")[0] == 0
    assert plain.probe()["facts"]["migrations"]["pending"] == []


def test_says_why_the_database_could_not_be_asked(plain):
    env = {"PLAIN_DATABASE": "postgresql"}
    plain.overlay(databaseUrl="postgresql://app:hidden-password@/app?host=/no/such/folder")
    migrations = plain.probe(env)["facts"]["migrations"]
    assert migrations["pending"] is None
    assert "/no/such/folder" in migrations["databaseError"]
    assert "hidden-password" not in str(migrations)


def test_an_app_without_a_database_has_nothing_to_migrate(make_app):
    facts = make_app("variants", "variants.no_database").probe()["facts"]
    assert facts["migrations"] == {"heads": {}, "pending": [], "databaseError": None}


def test_lists_what_the_overlay_changed(plain):
    changes = plain.probe()["facts"]["overlay"]
    found = {(change["rule"], change["setting"], change["action"]) for change in changes}
    assert ("debug", "DEBUG", "replaced") in found
    assert ("hosts", "ALLOWED_HOSTS", "filled") in found
    assert ("secret-key", "SECRET_KEY", "replaced") in found
    assert ("data", 'DATABASES["default"]["NAME"]', "replaced") in found
    assert "generated-key" not in str(changes)


def test_works_without_an_overlay(make_app):
    app = make_app("plain", "config.settings", overlay=False)
    facts = app.probe()["facts"]
    assert facts["overlay"] == [] and facts["secretKey"] == "placeholder"
    assert facts["media"]["root"] == str(app.app / "media")


def test_what_the_app_prints_does_not_disturb_the_result(make_app):
    status, result, stdout, stderr = make_app("variants", "variants.loud").run("probe")
    assert status == 0 and stdout == ""
    assert result["error"] is None and result["facts"]["settingsModule"] == "variants.loud"
    assert "not these" in stderr and "from a child process" in stderr


def test_reports_settings_that_call_sys_exit(make_app):
    result = make_app("variants", "variants.exits").probe()
    assert result["facts"] is None
    assert result["error"]["type"] == "SystemExit"
    assert result["error"]["message"] == "this machine is not supported"
    assert result["error"]["location"] == "variants/exits.py:5"


def test_reports_settings_that_end_the_process(make_app):
    error = make_app("variants", "variants.crashes").probe()["error"]
    assert error["message"] == "the app ended the process with exit status 9"


def test_finds_all_missing_variables_at_once(make_app):
    result = make_app("variants", "variants.missing_environ").probe()
    assert names(result, required=True, present=False) == [
        "LICENCE",
        "PAYMENT_KEY",
        "REGIONS",
        "THE_SECRET",
        "WORKER_PORT",
    ]
    assert names(result, required=False) == ["FEATURE", "OPTIONAL_NAME"]
    assert result["error"] is None and result["facts"] is not None
    asked = variable(result, "THE_SECRET")
    assert (asked["file"], asked["line"]) == ("variants/missing_environ.py", 11)
    # The line that names it, not the helper's.
    assert variable(result, "PAYMENT_KEY")["line"] == 13


def test_a_given_variable_is_present(make_app):
    env = {"THE_SECRET": "s" * 60, "PAYMENT_KEY": "k", "WORKER_PORT": "80", "REGIONS": "a"}
    result = make_app("variants", "variants.missing_environ").probe(env)
    assert names(result, required=True, present=False) == ["LICENCE"]
    assert variable(result, "THE_SECRET")["present"] is True
    assert variable(result, "THE_SECRET")["required"] is True


def test_finds_missing_variables_of_django_environ(make_app):
    result = make_app("variants", "variants.missing_django_environ").probe()
    wanted = ["DATABASE_URL", "ENV_AMOUNT", "ENV_SECRET"]
    assert names(result, required=True, present=False) == wanted
    assert "DEBUG" in names(result, required=False)
    assert result["facts"]["databases"]["default"]["vendor"] == "postgresql"
    assert "variables are missing" in result["facts"]["migrations"]["databaseError"]
    assert variable(result, "ENV_SECRET")["line"] == 7


def test_finds_missing_variables_of_decouple(make_app):
    result = make_app("variants", "variants.missing_decouple").probe()
    assert names(result, required=True, present=False) == ["COUPLE_PORT", "COUPLE_SECRET"]
    assert names(result, required=False) == ["COUPLE_DEBUG"]


def test_finds_missing_variables_of_pydantic_settings(make_app):
    result = make_app("variants", "variants.missing_pydantic").probe()
    assert names(result, required=True, present=False) == ["SHOP_API_KEY", "SHOP_RETRIES"]
    assert names(result, required=False) == ["SHOP_COLOUR"]
    assert variable(result, "SHOP_API_KEY")["line"] == 9


def test_records_what_a_library_asks_for_the_app(make_app):
    result = make_app("variants", "variants.missing_url").probe()
    assert names(result) == ["DATABASE_URL"]
    assert variable(result, "DATABASE_URL")["file"] == "variants/missing_url.py"
    locations = result["facts"]["locations"]
    assert locations["SECRET_KEY"] == "variants/base.py:1"
    assert locations["DATABASES"] == "variants/missing_url.py:5"
    assert locations["CACHE_SECONDS"] == "variants/missing_url.py:7"


def test_an_error_that_no_variable_mends_stays_an_error(make_app):
    result = make_app("variants", "variants.unrelated_error").probe()
    assert result["error"]["type"] == "ModuleNotFoundError"
    assert result["error"]["location"] == "variants/unrelated_error.py:6"
    assert names(result, required=True) == []
    assert "mizan_runtime" not in result["error"]["traceback"]


def test_values_of_secrets_stay_in_the_process(make_app):
    app = make_app("variants", "variants.leaks")
    result = app.probe({"API_TOKEN": "tok-0123456789"})
    assert "tok-0123456789" not in str(result)
    assert result["error"]["message"] == "cannot use [value of API_TOKEN]"


def test_reads_settings_classes_with_the_one_that_wsgi_names(make_app):
    app = make_app("classes", "classes.settings")
    result = app.probe()
    assert names(result, required=True, present=False) == ["DJANGO_SECRET_KEY"]
    assert result["facts"]["debug"] is False
    assert result["facts"]["locations"]["ALLOWED_HOSTS"] == "classes/settings.py:6"


def test_reads_the_settings_class_of_a_package_in_src(make_app):
    app = make_app("classes", "classes.settings")
    (app.app / "src").mkdir()
    (app.app / "classes").rename(app.app / "src" / "classes")
    folders = [app.env["PYTHONPATH"], str(app.app / "src")]
    result = app.probe({"PYTHONPATH": os.pathsep.join(folders)})
    assert names(result, required=True, present=False) == ["DJANGO_SECRET_KEY"]
    assert result["facts"]["debug"] is False


def test_reports_a_broken_urlconf_and_still_the_facts(make_app):
    result = make_app("broken", "broken.settings").probe()
    assert result["error"]["type"] == "AttributeError"
    assert result["error"]["location"] == "broken/urls.py:5"
    assert result["facts"]["urlconf"] == {"module": "broken.urls", "resolvesRoot": False}


def test_knows_routes_behind_language_prefixes_and_of_media(make_app):
    facts = make_app("i18n", "i18n.settings").probe()["facts"]
    assert facts["urlconf"]["resolvesRoot"] is True
    assert facts["media"]["routed"] is True
