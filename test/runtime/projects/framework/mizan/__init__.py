"""As much of the framework's package as the runtime asks."""
