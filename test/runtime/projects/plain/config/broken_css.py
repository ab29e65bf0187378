from .hashed import *

STATICFILES_DIRS = [BASE_DIR / "broken_static"]
