"""The lines of Halden."""

from django.db import migrations

LINES = [
    ("1", "Harbour – Central Station – Oak Park", "#b3261e"),
    ("2", "University – Old Town – Sandvik", "#1d5fa8"),
    ("3", "Central Station – Mill Lane – Airport", "#1b7a43"),
    ("5", "Fish Market – Theatre – Birch Hill", "#8a5a00"),
    ("7", "Ring: Old Town – Hospital – Oak Park", "#6a3d9a"),
    ("N", "Night line: Harbour – University", "#2c3440"),
]


def add_lines(apps, schema_editor):
    Line = apps.get_model("board", "Line")
    Board = apps.get_model("board", "Board")
    Board.objects.get_or_create(pk=1)
    for position, (number, name, colour) in enumerate(LINES):
        Line.objects.get_or_create(
            number=number, defaults={"name": name, "colour": colour, "position": position}
        )


class Migration(migrations.Migration):
    dependencies = [("board", "0001_initial")]

    operations = [migrations.RunPython(add_lines, migrations.RunPython.noop, elidable=False)]
