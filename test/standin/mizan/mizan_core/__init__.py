"""TEST STAND-IN for upstream's `mizan_core`: cache keys and tokens, without Django."""
