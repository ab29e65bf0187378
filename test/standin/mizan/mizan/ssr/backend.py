"""`mizan.ssr.MizanTemplates`: components as Django templates, found by their file below DIRS."""

import json
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.serializers.json import DjangoJSONEncoder
from django.template import Origin, TemplateDoesNotExist
from django.template.backends.base import BaseEngine
from django.utils.safestring import mark_safe

from .bridge import bridge_for

SUFFIXES = (".tsx", ".jsx")
DEFAULT_TIMEOUT_SECONDS = 5

# Django's `render` passes them; a component cannot use them.
NOT_PROPS = ("request", "csrf_token")

# As Django's json_script: what would end the script, or begin a comment in it.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


class MizanTemplates(BaseEngine):
    """OPTIONS: `worker` (older: `worker_path`), the script for Bun; `timeout` in seconds [5]."""

    def __init__(self, params):
        params = params.copy()
        options = dict(params.pop("OPTIONS"))
        super().__init__(params)
        worker = options.pop("worker", None) or options.pop("worker_path", None)
        options.pop("worker_path", None)
        timeout = options.pop("timeout", DEFAULT_TIMEOUT_SECONDS)
        if worker is None:
            raise ImproperlyConfigured("MizanTemplates needs OPTIONS['worker'], the script for Bun.")
        if options:
            raise ImproperlyConfigured(f"Unknown OPTIONS: {', '.join(options)}")
        self.bridge = bridge_for(str(worker), timeout)

    def get_template(self, template_name):
        tried = []
        if template_name.endswith(SUFFIXES):
            for file in self.iter_template_filenames(template_name):
                if Path(file).is_file():
                    return Component(self, template_name, file)
                tried.append((Origin(file, template_name), "File does not exist"))
        raise TemplateDoesNotExist(template_name, tried=tried, backend=self)


class Component:
    """One file, as a template."""

    def __init__(self, engine, template_name, file):
        self.bridge = engine.bridge
        self.origin = Origin(file, template_name)

    def render(self, context=None, request=None):
        """HTML with the props beside it, by which the browser hydrates. Raises SSRError."""
        props = {key: value for key, value in (context or {}).items() if key not in NOT_PROPS}
        # ASCII alone, so that U+2028 and U+2029 are escaped, too. NaN is no JSON.
        text = json.dumps(props, cls=DjangoJSONEncoder, allow_nan=False)
        html = self.bridge.render(self.origin.name, text)
        data = text.translate(ESCAPES)
        return mark_safe(
            f'<div id="mizan-root">{html}</div><script>window.__MIZAN_SSR_DATA__ = {data}</script>'
        )
