"""Rule `database`: DATABASES["default"] points to the PostgreSQL that the target runs itself."""

from urllib.parse import parse_qs, unquote, urlsplit

from ..database_vendor import database_vendor

POSTGRESQL = "django.db.backends.postgresql"
# These describe another server: its certificates, or a service file that names its host.
FOREIGN_OPTIONS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "service", "passfile")


def apply_database(draft):
    url = draft.input["databaseUrl"]
    if url is None:
        return
    databases = draft.copy("DATABASES") or {}
    default = databases.setdefault("default", {})
    default.update(parse_database_url(url))
    if database_vendor(default.get("ENGINE", "")) != "postgresql":
        default["ENGINE"] = POSTGRESQL
    options = default.get("OPTIONS") or {}
    for name in FOREIGN_OPTIONS:
        options.pop(name, None)
    reason = "points to the PostgreSQL that this target runs"
    draft.set("DATABASES", databases, reason, 'DATABASES["default"]')


def parse_database_url(url):
    """Splits `postgresql://user:password@host:port/name?host=/socket/folder` into Django's keys."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [unquote(parts.hostname or "")])[0],
        "PORT": query.get("port", [str(parts.port or "")])[0],
    }
