"""Whether the static files that the app's templates name are there, as with DEBUG off."""

import os
from pathlib import Path

from ..app_error import is_app_file, relative

MOST_MISSING = 20


def static_measures(folder):
    """`isCollected`, `hasManifest` (None: the storage keeps none), `missing` `[{template, file}]`.

    `missing` is None where the storage cannot be asked yet: nothing is collected.
    """
    from django.conf import settings

    if "django.contrib.staticfiles" not in settings.INSTALLED_APPS:
        return None
    from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage

    root = str(settings.STATIC_ROOT or "")
    collected = os.path.isdir(root) and any(os.scandir(root))
    measures = {"isCollected": bool(collected), "hasManifest": None, "missing": None}
    if isinstance(staticfiles_storage, ManifestFilesMixin):
        measures["hasManifest"] = bool(staticfiles_storage.hashed_files)
        if measures["hasManifest"]:
            measures["missing"] = _find_missing(folder, staticfiles_storage)
    return measures


def _find_missing(folder, storage):
    """Literal `{% static %}` names in the app's own templates that the manifest does not have."""
    from django.conf import settings

    # A user who asks for DEBUG gets URLs without hashes, whatever the manifest says.
    settings.DEBUG = False
    missing = []
    for path, engine in _template_files(folder):
        for name in _static_names(path, engine):
            try:
                storage.url(name)
            except ValueError:
                missing.append({"template": relative(path, folder), "file": name})
    return missing[:MOST_MISSING]


def _template_files(folder):
    from django.template import engines
    from django.template.backends.django import DjangoTemplates

    seen = set()
    for engine in engines.all():
        if not isinstance(engine, DjangoTemplates):
            continue
        for directory in engine.template_dirs:
            for path in sorted(Path(directory).rglob("*.html")):
                if is_app_file(str(path), folder) and path not in seen:
                    seen.add(path)
                    yield str(path), engine


def _static_names(path, engine):
    from django.template import TemplateSyntaxError
    from django.templatetags.static import StaticNode

    with open(path, encoding="utf-8", errors="replace") as stream:
        text = stream.read()
    try:
        nodes = engine.from_string(text).template.nodelist.get_nodes_by_type(StaticNode)
    except TemplateSyntaxError:
        return []  # it cannot be rendered either; Django says so where it is used
    return [node.path.var for node in nodes if isinstance(node.path.var, str) and not node.path.filters]
