"""Verb `manage`: the user's `manage.py` with the release's settings; terminal and exit status are its own."""

import os
import runpy
import sys

from .activate import activate_settings


def run(arguments):
    activate_settings()
    path = os.path.join(os.getcwd(), "manage.py")
    sys.argv = [path] + arguments
    if os.path.isfile(path):
        # It may do more than Django's: load paths, patch libraries, use django-configurations.
        runpy.run_path(path, run_name="__main__")
    else:
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    return 0
