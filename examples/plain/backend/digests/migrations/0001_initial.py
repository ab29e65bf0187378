from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Digest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week_start', models.DateField(help_text='The Monday of the week.', unique=True)),
                ('note_count', models.PositiveIntegerField()),
                ('comment_count', models.PositiveIntegerField()),
                ('word_count', models.PositiveIntegerField()),
                ('top_tags', models.JSONField(default=list, help_text='Names, the most used first.')),
                ('written_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'ordering': ['-week_start'],
            },
        ),
    ]
