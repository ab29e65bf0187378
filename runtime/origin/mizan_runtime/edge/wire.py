"""The two headers between Edge and origin: their grammar and their MACs (`edge-consistency.md` 10)."""

import base64
import hashlib
import hmac
import re
from urllib.parse import quote

READ = "read"
COVERED = "covered"

# Ids and key names are whatever the Edge says, in visible ASCII without the header's own delimiters.
_ATOM = r"[!-+\--:<-~]{1,128}"
_INTENT = re.compile(
    r"(?P<signed>v=1;m=(?P<mode>read|covered|uncovered);i=(?P<id>%s)(?:;d=(?P<deadline>[0-9]{1,15}))?)"
    r";k=(?P<kid>%s);s=(?P<mac>[A-Za-z0-9_-]{43})" % (_ATOM, _ATOM)
)


class Intent:
    """A verified X-Mizan-Intent: what the Edge said about the request that it forwarded.

    `deadline_ms` (unix ms) is None without a limit. `kid` and `key` sign the answer: the Edge has them.
    """

    def __init__(self, mode, intent_id, deadline_ms, kid, key):
        self.mode = mode
        self.id = intent_id
        self.deadline_ms = deadline_ms
        self.kid = kid
        self.key = key

    @property
    def is_upload(self):
        """A body that streams in while the time runs: the limit counts from its end."""
        return self.mode not in (READ, COVERED) and self.deadline_ms is not None


def verify_intent(value, method, targets, ring):
    """Returns the Intent in the header `value`, or None if it is not one of ours for this request.

    `targets` are the spellings that the raw request target may have had, `value` may be None.
    """
    match = _INTENT.fullmatch(value) if value else None
    if match is None:
        return None
    mode, deadline = match.group("mode"), match.group("deadline")
    # A covered request without a limit, or a read with one, is nothing that the Edge sends.
    if (mode == COVERED and deadline is None) or (mode == READ and deadline is not None):
        return None
    key = ring.find_key(match.group("kid"))
    if key is None:
        return None
    fields = match.group("signed").split(";")
    if not any(is_mac(key, [method, target] + fields, match.group("mac")) for target in targets):
        return None
    deadline_ms = None if deadline is None else int(deadline)
    return Intent(mode, match.group("id"), deadline_ms, match.group("kid"), key)


def build_wrote(intent, status, wrote, session, route, invalidate):
    """Returns the value of X-Mizan-Wrote.

    `status` is the response's status as a number, `route` the resolved URL pattern (empty: none),
    `invalidate` the raw value of X-Mizan-Invalidate (empty: absent).
    """
    fields = [
        "w=%d" % wrote,
        "session=%d" % session,
        "r=" + quote(route, safe=""),
        "i=" + intent.id,
    ]
    mac = build_mac(intent.key, [str(status)] + fields + [invalidate])
    return ";".join(fields + ["k=" + intent.kid, "s=" + mac])


def build_mac(key, fields):
    """base64url HMAC-SHA256 over the fields, one a line; one byte per character, as in a header."""
    message = "\n".join(fields).encode("latin-1")
    digest = hmac.new(key, message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_mac(key, fields, mac):
    """Whether `mac` is the fields' own; takes the same time wherever it differs."""
    return hmac.compare_digest(build_mac(key, fields), mac)
