"""Keys and backends of the origin's cache."""
