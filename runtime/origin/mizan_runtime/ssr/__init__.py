"""Stand-in for the framework's pipe worker: Django writes to it, the release's SSR server renders."""
