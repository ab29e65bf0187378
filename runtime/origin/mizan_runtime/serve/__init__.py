"""Starting the app under gunicorn."""
