"""Rule `hosts`: ALLOWED_HOSTS holds exactly the names that this environment is reached by."""

from django.http.request import validate_host


def apply_hosts(draft):
    hosts = draft.input["hosts"]
    allowed = draft.get("ALLOWED_HOSTS")
    # A plain string would allow each of its letters; Django refuses it with a message of its own.
    if isinstance(allowed, str):
        return
    allowed = list(allowed or ())
    if not allowed:
        draft.set("ALLOWED_HOSTS", list(hosts), "without it Django answers 400 to every request")
        return
    if "*" in allowed:
        draft.set("ALLOWED_HOSTS", list(hosts), '"*" accepts any Host header')
        return
    missing = [host for host in hosts if not validate_host(host, allowed)]
    if missing:
        reason = "added %s, which this environment is reached by" % ", ".join(missing)
        draft.set("ALLOWED_HOSTS", allowed + missing, reason)
