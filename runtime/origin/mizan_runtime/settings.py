"""The settings that Django sees: the user's own with the overlay of this release on top."""

from . import overlay as _overlay
from . import overlay_input as _overlay_input
from . import user_settings as _user_settings

_module = _user_settings.import_user_settings()
original = {name: getattr(_module, name) for name in dir(_module) if name.isupper()}
_values, changes = _overlay.apply_overlay(original, _overlay_input.read_overlay_input())
globals().update(_values)

# Code such as `from config import settings` must see the same values as `django.conf.settings`.
for _change in changes:
    # A part is listed by its path: `DATABASES["default"]["NAME"]`.
    _name = _change["setting"].split("[")[0]
    if _name in _values:
        setattr(_module, _name, _values[_name])
