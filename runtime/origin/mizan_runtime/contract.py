"""Python twin of `runtime/origin/contract.ts`: the names both sides agree on. A test compares the two."""

ENV_SETTINGS_MODULE = "MIZAN_SETTINGS_MODULE"
ENV_OVERLAY_FILE = "MIZAN_OVERLAY_FILE"
ENV_RELEASE = "MIZAN_RELEASE"
ENV_ENVIRONMENT = "MIZAN_ENVIRONMENT"
ENV_BIND = "MIZAN_BIND"
ENV_INTERFACE = "MIZAN_INTERFACE"
ENV_APPLICATION = "MIZAN_APPLICATION"
ENV_WORKERS = "MIZAN_WORKERS"
ENV_CELERY_APP = "MIZAN_CELERY_APP"
ENV_READY_FILE = "MIZAN_READY_FILE"
ENV_START_FILE = "MIZAN_START_FILE"
ENV_EDGE_KEYS_FILE = "MIZAN_EDGE_KEYS_FILE"
ENV_EDGE_IGNORE_TABLES = "MIZAN_EDGE_IGNORE_TABLES"
ENV_SSR_SOCKET = "MIZAN_SSR_SOCKET"
ENV_SSR_WORKER = "MIZAN_SSR_WORKER"
ENV_APP_FOLDER = "MIZAN_APP_FOLDER"
ENV_START_TIMEOUT_SECONDS = "MIZAN_START_TIMEOUT_SECONDS"
ENV_RESULT_FD = "MIZAN_RESULT_FD"

HEALTH_PATH_LIVE = "/_mizan/live"
HEALTH_PATH_READY = "/_mizan/ready"

UNRESOLVED_HEADER = "x-mizan-unresolved"

INTENT_HEADER = "x-mizan-intent"
WROTE_HEADER = "x-mizan-wrote"
PROBE_CONTEXT_PATH = "/_mizan/ctx/_mizan_probe/"
DEADLINE_ERROR_CODE = "DEADLINE_EXCEEDED"
BODY_ERROR_CODE = "BODY_INCOMPLETE"

# Of the release's SSR server: `edge/render/contract.ts`.
SSR_RENDER_PATH = "/render"

OVERLAY_RULES = (
    "debug",
    "hosts",
    "proxy",
    "csrf",
    "cookies",
    "secret-key",
    "mizan",
    "static",
    "data",
    "database",
    "redis",
    "channels",
    "sqlite",
    "logging",
)
