import os

from .base import *

COLOUR = os.environ.get("COLOUR")
import no_such_module_at_all
