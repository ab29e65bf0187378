from django.db import migrations, models


def named(name, *fields):
    key = ("id", models.BigAutoField(primary_key=True, serialize=False))
    return migrations.CreateModel(name=name, fields=[key, *fields])


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        named(
            "Thing",
            ("title", models.CharField(max_length=80)),
            ("code", models.CharField(max_length=20, null=True, unique=True)),
        ),
        named("Audit", ("text", models.CharField(max_length=80))),
    ]
