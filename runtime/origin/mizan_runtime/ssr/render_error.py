"""The failure of a render."""


class RenderError(Exception):
    """Its text is the error that Django is told."""
