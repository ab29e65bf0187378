#!/usr/bin/env bash
# `npm run demo`: deploys examples/shop, shows what the Edge caches and for whom, ends everything. `-- --keep` leaves it running.
set -uo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/bootstrap.sh"
require_base
ensure_node_modules
ensure_packages venv

say "Building mizan"
quietly build npm run build || fail "npm run build"
exec node test/tooling/demo.ts "$@"
