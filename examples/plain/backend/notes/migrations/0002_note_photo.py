from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notes', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='note',
            name='photo',
            field=models.ImageField(blank=True, db_default='', default='', upload_to='photos/%Y/%m'),
        ),
        migrations.AddField(
            model_name='note',
            name='photo_state',
            field=models.CharField(choices=[('none', 'None'), ('processing', 'Processing'), ('ready', 'Ready'), ('failed', 'Failed')], db_default='none', default='none', editable=False, max_length=10),
        ),
        migrations.AddField(
            model_name='note',
            name='thumbnail',
            field=models.ImageField(blank=True, db_default='', default='', editable=False, upload_to='thumbnails/%Y/%m'),
        ),
    ]
