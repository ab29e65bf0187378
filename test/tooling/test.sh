#!/usr/bin/env bash
# `npm test`: sets up whatever is missing, then runs every check and test there is.
# The last line is `N passed, N failed, N skipped`, whatever happens before it.
set -uo pipefail

# A set-up or a run that broke is a failure too, and must not end without the sum.
summed=
sum_up() {
  local status=$?
  [ -n "$summed" ] && return
  echo "FAILED npm test: it broke before the sum"
  echo "0 passed, 1 failed, 0 skipped"
  [ "$status" -ne 0 ] || exit 1
}
trap sum_up EXIT

. "$(dirname "${BASH_SOURCE[0]}")/bootstrap.sh"
require_base
ensure_node_modules
ensure_packages venv postgresql redis chromium zsh fish
ensure_uv
ensure_pythons 3.8 3.11 3.13

say "Running every check and test; logs are in .cache/logs"
node test/tooling/run-tests.ts | tee "$LOGS/npm-test.log"
status=$?
tail -n 1 "$LOGS/npm-test.log" | grep -qE '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' && summed=yes
exit "$status"
