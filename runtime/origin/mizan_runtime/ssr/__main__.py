"""`python -m mizan_runtime.ssr`: what `bun run <worker>` is in a release."""

import sys

from .run import main

if __name__ == "__main__":
    sys.exit(main())
