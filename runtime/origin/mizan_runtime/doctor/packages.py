"""Whether what the app is made of can be imported: its apps, libraries with system parts, driver, server."""

import importlib
import importlib.util
from importlib import metadata

from ..app_error import build_app_error
from ..database_vendor import database_vendor

# Packages that load libraries of the system when they are imported, and then fail without them.
SYSTEM_LIBRARIES = ("weasyprint", "magic", "cairocffi", "cairosvg", "MySQLdb", "pyodbc", "ldap", "xmlsec")
GIS = "django.contrib.gis"


def broken_apps(folder):
    """`[{name, type, message}]` of each entry of INSTALLED_APPS that cannot be imported."""
    from django.apps import AppConfig
    from django.conf import settings

    return _failures(settings.INSTALLED_APPS, AppConfig.create, folder)


def broken_libraries(folder):
    """The same for installed packages that need libraries of the system, and for GDAL and GEOS."""
    from django.conf import settings

    names = [name for name in SYSTEM_LIBRARIES if importlib.util.find_spec(name)]
    broken = _failures(names, importlib.import_module, folder)
    if GIS in settings.INSTALLED_APPS:
        broken += _failures(["gdal", "geos"], _load_gis_library, folder)
    return broken


def database_driver(_folder):
    """`{name, version, build}` of the PostgreSQL driver that Django takes, else None."""
    from django.conf import settings

    engine = settings.DATABASES.get("default", {}).get("ENGINE", "")
    if database_vendor(engine) != "postgresql":
        return None
    # Django's own order: https://docs.djangoproject.com/en/stable/ref/databases/#postgresql-notes
    for name, build in (("psycopg", _psycopg_build), ("psycopg2", _psycopg2_build)):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        return {"name": name, "version": str(module.__version__).split(" ")[0], "build": build(module)}
    return None


def server_packages(_folder):
    """Versions of what `serve` starts; null where it is not installed."""
    return {"gunicorn": _version("gunicorn"), "uvicornWorker": _version("uvicorn-worker")}


def _failures(names, load, folder):
    broken = []
    for name in names:
        try:
            load(name)
        except Exception as error:  # whatever a module raises while it is imported
            report = build_app_error(error, folder)
            broken.append({"name": str(name), "type": report["type"], "message": report["message"]})
    return broken


def _load_gis_library(name):
    module = importlib.import_module("django.contrib.gis.%s" % name)
    getattr(module, "%s_version" % name)()


def _psycopg_build(module):
    return "source" if module.pq.__impl__ == "python" else str(module.pq.__impl__)


def _psycopg2_build(_module):
    return "binary" if _version("psycopg2-binary") else "source"


def _version(distribution):
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
