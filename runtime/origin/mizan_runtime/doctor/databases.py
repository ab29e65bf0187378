"""What DATABASES says that matters under load; with the overlay applied. Booleans only."""

import re

# Usual ports of PgBouncer, and of Supabase's pooler; names that hosting services give to theirs.
POOLER_PORTS = ("6432", "6543")
POOLER_HOST = re.compile(r"pooler|pgbouncer|pgcat|supavisor|odyssey|[-.]pool[-.]", re.IGNORECASE)


def database_measures(_folder):
    """`{alias: {isPooled, hasServerSideCursors, hasOwnPool}}`."""
    from django.conf import settings

    return {
        alias: {
            "isPooled": _is_pooled(database),
            "hasServerSideCursors": not database.get("DISABLE_SERVER_SIDE_CURSORS", False),
            "hasOwnPool": bool((database.get("OPTIONS") or {}).get("pool")),
        }
        for alias, database in settings.DATABASES.items()
        if database.get("ENGINE")
    }


def _is_pooled(database):
    port, host = str(database.get("PORT") or ""), str(database.get("HOST") or "")
    return port in POOLER_PORTS or bool(POOLER_HOST.search(host))
