"""An app with one function of each kind."""
