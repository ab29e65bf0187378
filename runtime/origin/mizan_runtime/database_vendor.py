"""Which database a Django ENGINE talks to."""

NAMES = (
    ("postgis", "postgresql"),
    ("postgres", "postgresql"),
    ("psqlextra", "postgresql"),
    ("timescale", "postgresql"),
    ("spatialite", "sqlite"),
    ("sqlite", "sqlite"),
    ("mysql", "mysql"),
    ("mariadb", "mysql"),
    ("oracle", "oracle"),
)


def database_vendor(engine):
    """`sqlite`, `postgresql`, `mysql`, `oracle` or `other`; by name, since a driver may not be installed."""
    for part, vendor in NAMES:
        if part in engine.lower():
            return vendor
    return "other"
