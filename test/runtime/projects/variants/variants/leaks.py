import os

from .base import *

raise ValueError("cannot use %s" % os.environ["API_TOKEN"])
