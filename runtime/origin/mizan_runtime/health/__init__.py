"""Health endpoints and the unresolved header: what stands before the app's own middleware."""
