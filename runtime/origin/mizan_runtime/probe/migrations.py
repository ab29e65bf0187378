"""The `migrations` fact: what exists, what is pending, and what that would do."""

from ..redact import redact


def migration_facts(loaded):
    """Heads, pending migrations with classes, and why the database could not be asked, if so."""
    files = loaded.migration_files
    if files is None:
        return _unknown({}, "the app could not be loaded")
    from ..migrations.plan import heads, load_migrations

    if not _has_database():
        # An app without a database has nothing to migrate.
        return {"heads": {}, "pending": [], "databaseError": None}
    if loaded.synthetic:
        names = ", ".join(sorted(loaded.synthetic))
        return _unknown(heads(files), "not asked, since variables are missing: " + names)
    try:
        loader = load_migrations()
    except Exception as error:  # whatever the driver raises: the fact says so
        text = "%s: %s" % (type(error).__name__, str(error).strip())
        return _unknown(heads(files), redact(text))
    return {"heads": heads(loader), "pending": _classify_pending(loader), "databaseError": None}


def _classify_pending(loader):
    from ..migrations.classify import classify_migration
    from ..migrations.plan import pending_keys

    pending = pending_keys(loader)
    if not pending:
        return []
    applied = [key for key in loader.graph.nodes if key in loader.applied_migrations]
    state = loader.project_state(applied)
    return [classify_migration(loader.graph.nodes[key], state) for key in pending]


def _has_database():
    from django.conf import settings

    engine = settings.DATABASES.get("default", {}).get("ENGINE", "")
    return bool(engine) and engine != "django.db.backends.dummy"


def _unknown(heads, reason):
    return {"heads": heads, "pending": None, "databaseError": reason}
