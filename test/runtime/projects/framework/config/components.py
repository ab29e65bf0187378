"""The same app with templates that components render."""

from pathlib import Path

from .settings import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent
TEMPLATES = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR / "templates"]},
    {
        "BACKEND": "mizan.ssr.MizanTemplates",
        "DIRS": [BASE_DIR / "frontend", "shared/pages", "/usr/share"],
        "OPTIONS": {"worker": BASE_DIR / "node_modules" / "worker.tsx", "timeout": 2.5},
    },
    {"BACKEND": "mizan.ssr.backend.MizanTemplates", "DIRS": [BASE_DIR / "frontend", BASE_DIR]},
]
