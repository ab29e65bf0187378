"""Static files of a release, and a broken reference that names its file."""


def test_collects_into_the_folder_of_the_release(plain):
    status, result, _, stderr = plain.run("collectstatic")
    assert status == 0, stderr
    assert result == {"version": 1, "files": 1, "error": None}
    assert (plain.static / "css" / "app.css").is_file()


def test_keeps_a_hashed_storage(make_app):
    app = make_app("plain", "config.hashed")
    assert app.run("collectstatic")[1]["error"] is None
    assert (app.static / "staticfiles.json").is_file()
    assert app.probe()["facts"]["static"]["hashed"] is True


def test_names_the_file_with_a_broken_reference(make_app):
    status, result, _, _ = make_app("plain", "config.broken_css").run("collectstatic")
    assert status == 1
    assert result["error"]["message"] == "css/site.css refers to img/gone.png, which does not exist"
    assert result["error"]["location"] == "broken_static/css/site.css:4"


def test_is_nothing_to_do_without_staticfiles(make_app):
    status, result, _, _ = make_app("i18n", "i18n.settings").run("collectstatic")
    assert (status, result["files"], result["error"]) == (0, 0, None)
