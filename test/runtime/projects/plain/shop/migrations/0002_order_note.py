import os
import time

from django.db import migrations, models


def take_time(apps, schema_editor):
    time.sleep(float(os.environ.get("PLAIN_MIGRATION_SECONDS", "0")))
    if os.environ.get("PLAIN_MIGRATION_FAILS"):
        raise ValueError("the old orders have no title")


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField("order", "note", models.TextField(null=True)),
        migrations.RunPython(take_time, migrations.RunPython.noop),
    ]
