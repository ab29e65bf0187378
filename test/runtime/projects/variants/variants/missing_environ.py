import os
import sys

from .base import *


def required(name):
    return os.environ[name]


SECRET_KEY = os.environ["THE_SECRET"]
OPTIONAL = os.environ.get("OPTIONAL_NAME", "x")
PAYMENT_KEY = required("PAYMENT_KEY")
WORKER_PORT = int(os.environ["WORKER_PORT"])
REGIONS = os.getenv("REGIONS").split(",")
if not os.environ.get("LICENCE"):
    sys.exit("no licence")
if "FEATURE" in os.environ:
    FEATURE = True
