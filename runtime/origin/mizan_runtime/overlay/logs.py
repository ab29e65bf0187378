"""Rule `logging`: errors reach stderr with their traceback, so that `mizan logs` shows them."""

HANDLER = "mizan_stderr"
REASON = "with DEBUG off Django's default sends errors only by e-mail"
# Loggers whose own handlers show that the user decided where Django's errors go.
DJANGO_LOGGERS = ("", "django", "django.request")


def apply_logging(draft):
    if draft.get("DEBUG") or not draft.get("LOGGING_CONFIG"):
        return
    config = draft.copy("LOGGING") or {}
    if config.get("incremental") or _has_handlers(config):
        return
    config.setdefault("version", 1)
    config.setdefault("disable_existing_loggers", False)
    config.setdefault("formatters", {})[HANDLER] = {
        "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"
    }
    config.setdefault("handlers", {})[HANDLER] = {
        "class": "logging.StreamHandler",
        "level": "WARNING",
        "formatter": HANDLER,
    }
    config["root"] = {"handlers": [HANDLER], "level": "WARNING"}
    # Each 404 is a warning of this logger; the log would hold little else.
    config.setdefault("loggers", {}).setdefault("django.request", {"level": "ERROR"})
    draft.set("LOGGING", config, REASON)


def _has_handlers(config):
    loggers = dict(config.get("loggers") or {})
    root = config.get("root") or {}
    return bool(root.get("handlers")) or any(
        (loggers.get(name) or {}).get("handlers") for name in DJANGO_LOGGERS
    )
