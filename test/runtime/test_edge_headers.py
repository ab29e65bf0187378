"""The header grammar and its MACs, the ring's file, and routes in the manifest's form."""

import random
import sys

import pytest

from conftest import RUNTIME
from edge_wire import KEY, mac, read_wrote, sign_intent

sys.path.insert(0, str(RUNTIME))

from mizan_runtime import contract  # noqa: E402
from mizan_runtime.edge import ring, wire  # noqa: E402
from mizan_runtime.edge.route import to_manifest_route  # noqa: E402


class Ring:
    def find_key(self, kid):
        return KEY["secret"].encode() if kid == KEY["kid"] else None


def verify(value, method="POST", *targets):
    return wire.verify_intent(value, method, targets or ("/a?b=c",), Ring())


def build(fields, method="POST", target="/a?b=c"):
    return "%s;k=k1;s=%s" % (fields, mac(KEY["secret"], method, target, *fields.split(";")))


def test_reads_what_the_edge_signed():
    read = verify(sign_intent("GET", "/a?b=c", "read", intent_id="a-1._~:/!"), "GET")
    assert (read.mode, read.id, read.deadline_ms, read.is_upload) == ("read", "a-1._~:/!", None, False)
    covered = verify(build("v=1;m=covered;i=x;d=1764000000123"))
    assert (covered.mode, covered.deadline_ms, covered.is_upload) == ("covered", 1764000000123, False)
    upload = verify(build("v=1;m=uncovered;i=x;d=5"))
    assert upload.is_upload and upload.deadline_ms == 5
    assert not verify(build("v=1;m=uncovered;i=x")).is_upload


def test_a_known_vector():
    """For the other side: key `edge-secret-1`, kid `k1`."""
    intent = verify(
        "v=1;m=covered;i=abc;d=1764000000000;k=k1;s=ONvUtVmnlDDTSViGXOf0ppud8C9M37qKyhG2e1nwsDA",
        "POST",
        "/api/mizan/call/?a=b",
    )
    assert intent is not None
    targets = "user;user_id=5, notifications"
    assert wire.build_wrote(intent, 200, True, False, "/profile/:user_id/", targets) == (
        "w=1;session=0;r=%2Fprofile%2F%3Auser_id%2F;i=abc;k=k1;s=3lSho8syWx0_N8cm-oTtrca60x8ECCgOi7yFHCUCIsE"
    )


@pytest.mark.parametrize(
    "fields",
    [
        "v=2;m=read;i=x",
        "v=1;m=write;i=x",
        "v=1;m=covered;i=x",
        "v=1;m=read;i=x;d=5",
        "v=1;m=covered;i=x;d=-5",
        "v=1;m=covered;i=x;d=5.5",
        "v=1;m=covered;i=x;d=",
        "v=1;m=covered;i=x;d=9999999999999999",
        "v=1;m=covered;i=;d=5",
        "v=1;m=covered;d=5",
        "v=1;m=covered;d=5;i=x",
        "m=covered;v=1;i=x;d=5",
        "v=1;m=covered;i=x;d=5;e=1",
        "v=1;m=covered;i=x y;d=5",
        "v=1;m=covered;i=x,y;d=5",
        "v=1;m=covered;i=\u0665;d=5",
        "v=1;m=covered;i=x;d=\u0665",
        " v=1;m=covered;i=x;d=5",
        "v=1;m=covered;i=x;d=5;",
        "V=1;m=covered;i=x;d=5",
    ],
)
def test_refuses_another_form_even_if_signed(fields):
    try:
        header = build(fields)
    except UnicodeEncodeError:
        header = fields + ";k=k1;s=" + "A" * 43
    assert verify(header) is None


def test_refuses_what_was_signed_for_something_else():
    header = sign_intent("POST", "/a?b=c", "covered", 5)
    assert verify(header) is not None
    assert verify(header, "GET") is None
    assert verify(header, "POST", "/a?b=d") is None
    assert verify(header, "POST", "/a", "/a?") is None
    assert verify(sign_intent("POST", "/a?b=c", key=dict(KEY, kid="k2"))) is None
    assert verify(sign_intent("POST", "/a?b=c", key=dict(KEY, secret="x"))) is None
    assert verify(None) is None and verify("") is None


def test_any_change_of_one_character_is_noticed():
    header = build("v=1;m=covered;i=abc;d=1764000000123")
    source = random.Random(7)
    alphabet = "abcdefghijklmnopqrstuvwxyz0123456789=;-_ ,ABC%"
    for position in range(len(header)):
        for kept in (header[:position] + header[position + 1 :], header[:position]):
            assert verify(kept) is None
        for _ in range(8):
            other = source.choice(alphabet)
            if other != header[position]:
                assert verify(header[:position] + other + header[position + 1 :]) is None


def test_noise_is_no_intent_and_no_error():
    source = random.Random(11)
    pieces = ["v=1", "m=covered", "i=x", "d=5", "k=k1", "s=" + "A" * 43]
    pieces += [";", "=", ",", "\x00", "\xff", "\u20ac", "\n"]
    for _ in range(20000):
        text = "".join(source.choice(pieces) for _ in range(source.randrange(16)))
        assert verify(text) is None


def test_what_is_written_can_be_read_and_cannot_be_forged():
    intent = wire.Intent("covered", "id1", None, "k1", KEY["secret"].encode())
    header = wire.build_wrote(intent, 201, True, False, "/a;b=1,/:ä/", "user;id=5")
    headers = {"x-mizan-wrote": header, "x-mizan-invalidate": "user;id=5"}
    assert read_wrote(201, headers) == {"w": "1", "session": "0", "r": "/a;b=1,/:ä/", "i": "id1"}
    for status, invalidate in ((200, "user;id=5"), (201, "user"), (201, "")):
        with pytest.raises(AssertionError):
            read_wrote(status, dict(headers, **{"x-mizan-invalidate": invalidate}))


def test_only_live_keys_of_a_ring_are_used():
    def key(kid, state):
        return {"kid": kid, "state": state, "createdAt": "", "secret": "s-" + kid}

    states = ("sign", "verify", "retired", "other")
    keys = ring.parse_ring([key(state, state) for state in states])
    assert keys == {"sign": b"s-sign", "verify": b"s-verify"}
    no_secret = {"kid": "a", "state": "sign"}
    for broken in ({}, None, ["a"], [no_secret], [dict(no_secret, secret="")]):
        with pytest.raises(ValueError):
            ring.parse_ring(broken)


def test_a_ring_whose_file_is_not_there_yet_has_no_key(tmp_path, capsys):
    edge_ring = ring.EdgeRing(str(tmp_path / "edge.json"))
    assert edge_ring.find_key("k1") is None and edge_ring.kids() == []
    assert capsys.readouterr().err.count("cannot be read") == 1
    (tmp_path / "edge.json").write_text('[{"kid":"k1","state":"sign","createdAt":"","secret":"s"}]')
    assert edge_ring.find_key("k1") == b"s"


@pytest.mark.parametrize(
    "route, manifest",
    [
        (None, ""),
        ("", "/"),
        ("profile/<int:user_id>/", "/profile/:user_id/"),
        ("<slug>/<path:rest>", "/:slug/:rest"),
        ("a/<uuid:a>-<b>/", "/a/:a-:b/"),
        (r"^articles/(?P<year>[0-9]{4})/$", "/articles/:year/"),
        (r"shop/^items/(?P<pk>\d+)/?$", "/shop/items/:pk/"),
        (r"^a/(?P<b>[^/(]+(?:x|y))/\Z", "/a/:b/"),
        (r"^file\.(?P<ext>[a-z]+)$", "/file.:ext"),
        # What a manifest cannot say equals none of its patterns.
        (r"^a/(\d+)/$", r"/a/(\d+)/"),
        (r"^a/items?/$", "/a/items?/"),
        (r"^a/\d+/$", r"/a/\d+/"),
        (r"^open/(?P<a>x", "/open/:a"),
        ("price-5/", "/price-5/"),
    ],
)
def test_routes_in_the_form_of_a_manifest(route, manifest):
    assert to_manifest_route(route) == manifest


def test_contract_says_the_same_as_its_typescript_twin():
    text = (RUNTIME / "contract.ts").read_text()
    for line in (
        'EDGE_HEADER = { intent: "%s", wrote: "%s" }' % (contract.INTENT_HEADER, contract.WROTE_HEADER),
        'PROBE_CONTEXT_PATH = "%s"' % contract.PROBE_CONTEXT_PATH,
        'DEADLINE_ERROR_CODE = "%s"' % contract.DEADLINE_ERROR_CODE,
        'BODY_ERROR_CODE = "%s"' % contract.BODY_ERROR_CODE,
    ):
        assert line in text
