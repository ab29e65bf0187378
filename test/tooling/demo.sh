#!/usr/bin/env bash
# `npm run demo`: deploys examples/plain, changes it, rolls it back, destroys it. `-- --keep` leaves it running.
set -uo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/bootstrap.sh"
require_base
ensure_node_modules
ensure_packages venv redis # the example's Celery needs a Redis; its database is SQLite

say "Building mizan"
quietly build npm run build || fail "npm run build"
exec node test/tooling/demo.ts "$@"
