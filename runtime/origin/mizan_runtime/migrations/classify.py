"""What an operation of a migration means for the release that runs while it is applied (design D13)."""

from django.db.models import NOT_PROVIDED

# From harmless to what certainly breaks the release that is still running.
SEVERITY = ("expand", "review", "opaque", "blocks-old-writes", "contract")

# By class name in django.*; a subclass counts as the nearest of its bases that is named here.
CLASSES = {
    "CreateModel": "expand",
    "AddIndex": "expand",
    "RenameIndex": "expand",
    # Only speed and strictness are lost; the running release does not name them.
    "RemoveIndex": "expand",
    "RemoveConstraint": "expand",
    # State only.
    "AlterModelOptions": "expand",
    "AlterModelManagers": "expand",
    "CreateExtension": "expand",
    "CreateCollation": "expand",
    "DeleteModel": "contract",
    "RenameModel": "contract",
    "RemoveField": "contract",
    "RenameField": "contract",
    "AlterModelTable": "contract",
    "RemoveCollation": "review",
    "AlterField": "review",
    # Old code may write rows that the new constraint refuses.
    "AddConstraint": "review",
    "AlterUniqueTogether": "review",
    "AlterIndexTogether": "review",
    "AlterOrderWithRespectTo": "review",
    "RunPython": "opaque",
    "RunSQL": "opaque",
}


def classify_migration(migration, state):
    """Returns a PendingMigration dict.

    `state` is the ProjectState before the migration; it is changed to the one after it.
    """
    operations = []
    for operation in migration.operations:
        operations.append(
            {
                "summary": operation.describe(),
                "class": classify_operation(operation, migration.app_label, state),
            }
        )
        operation.state_forwards(migration.app_label, state)
    return {
        "app": migration.app_label,
        "name": migration.name,
        "class": worst([operation["class"] for operation in operations]),
        "operations": operations,
    }


def worst(classes):
    return max(classes, key=SEVERITY.index, default="expand")


def classify_operation(operation, app_label, state):
    """MigrationClass of one operation, given the ProjectState before it."""
    name = _django_name(operation)
    if name == "AddField":
        return _classify_add_field(operation.field)
    if name == "AlterField":
        return _classify_alter_field(operation, app_label, state)
    if name == "SeparateDatabaseAndState":
        inner = operation.database_operations
        return worst([classify_operation(item, app_label, state) for item in inner])
    if name in ("RunPython", "RunSQL") and _does_nothing(operation):
        return "expand"
    return CLASSES.get(name, "review")


def _django_name(operation):
    for base in type(operation).__mro__:
        known = base.__name__ in CLASSES or base.__name__ in ("AddField", "SeparateDatabaseAndState")
        if known and base.__module__.startswith("django."):
            return base.__name__
    return ""


def _classify_add_field(field):
    if field.many_to_many or field.null or getattr(field, "generated", False):
        return "expand"
    # The database itself fills the column only with db_default (Django 5.0); a Python default
    # is dropped from the column again, so that an INSERT of the old code fails.
    if getattr(field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED:
        return "expand"
    return "blocks-old-writes"


def _classify_alter_field(operation, app_label, state):
    model = state.models.get((app_label, operation.model_name_lower))
    old = model.fields.get(operation.name) if model else None
    if old is None:
        return "review"
    before, after = _column(old), _column(operation.field)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    if "null" in changed and after.get("null"):
        changed.discard("null")
    if "max_length" in changed and (after.get("max_length") or 0) > (before.get("max_length") or 0):
        changed.discard("max_length")
    return "review" if changed else "expand"


def _column(field):
    """What of a field the database sees."""
    _, path, arguments, options = field.deconstruct()
    # `default` lives in Python only, `non_db_attrs` (choices, help_text …) too.
    ignored = set(getattr(field, "non_db_attrs", ())) | {"default"}
    column = {name: value for name, value in options.items() if name not in ignored}
    column.update(path=path, arguments=arguments)
    return column


def _does_nothing(operation):
    from django.db import migrations

    code = getattr(operation, "code", None)
    return code is migrations.RunPython.noop or getattr(operation, "sql", None) == ""
