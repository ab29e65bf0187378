# What a machine needs before anything of this repo runs. Sourced by test.sh and demo.sh.
# Says what it does, does only what is missing, and keeps the tools' own output in .cache/logs.

# The caller's own folder does not matter from here on.
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
CACHE="$ROOT/.cache"
LOGS="$CACHE/logs"
mkdir -p "$LOGS"
UV_VERSION=0.13.9 # the version that `mizan` itself fetches
export UV_PYTHON_INSTALL_DIR="$CACHE/python"
export PATH="$ROOT/node_modules/.bin:$CACHE/tools/bin:$PATH"
cd "$ROOT" || exit 1

say() { printf '%s\n' "$*"; }

fail() {
  printf 'FAILED %s\n' "$*" >&2
  exit 1
}

# quietly <log name> <command…>: its output goes to a log, which is shown when it fails.
quietly() {
  local log="$LOGS/$1.log"
  shift

  if "$@" >"$log" 2>&1 </dev/null; then return 0; fi
  tail -n 40 "$log" >&2
  return 1
}

require_base() {
  command -v node >/dev/null || fail "Node 20 or newer is needed: install it, then run this again."
  command -v npm >/dev/null || fail "npm is needed: install it, then run this again."
  command -v git >/dev/null || fail "git is needed: install it, then run this again."
  local major
  major="$(node -p 'process.versions.node.split(".")[0]')"
  [ "$major" -ge 20 ] || fail "Node 20 or newer is needed; this is $(node --version)."
  command -v python3 >/dev/null || fail "Python 3.11 or newer is needed: install it, then run this again."
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed; this is $(python3 --version)."
}

# The stamp lies inside node_modules, so that it goes when the folder goes.
ensure_node_modules() {
  local stamp="$ROOT/node_modules/.mizan-lock"
  cmp -s "$ROOT/package-lock.json" "$stamp" && return 0
  # A link leads to another checkout's packages, and `npm ci` would empty that folder.
  if [ -L "$ROOT/node_modules" ]; then
    say "node_modules is a link: taking the packages where it leads as they are"
    [ -x "$ROOT/node_modules/node/bin/node" ] || fail "node_modules is a link to a folder without packages."
    return 0
  fi
  say "Installing npm packages (npm ci)"
  quietly npm-ci npm ci || fail "npm ci"
  [ -x "$ROOT/node_modules/node/bin/node" ] ||
    fail "npm ci did not install Node 24: its install script must be allowed to run."
  cp "$ROOT/package-lock.json" "$stamp"
  hash -r
}

# A program counts as present on PATH, or where Debian puts PostgreSQL's.
has_program() {
  command -v "$1" >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null
}

has_browser() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null && return 0
  done
  return 1
}

has_venv() { python3 -c 'import ensurepip, venv' 2>/dev/null; }

# ensure_packages <need…>: postgresql redis chromium venv zsh fish.
ensure_packages() {
  local need missing=()
  for need in "$@"; do
    case "$need" in
      postgresql) has_program initdb || missing+=(postgresql) ;;
      redis) has_program redis-server || missing+=(redis-server) ;;
      chromium) has_browser || missing+=(chromium) ;;
      venv) has_venv || missing+=(python3-venv) ;;
      zsh | fish) has_program "$need" || missing+=("$need") ;;
    esac
  done
  [ "${#missing[@]}" -eq 0 ] && return 0
  command -v apt-get >/dev/null ||
    fail "These are missing: ${missing[*]} (Debian's names). Install them, then run this again."
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      fail "These packages are missing: ${missing[*]}. Run as root: apt-get install ${missing[*]}"
    sudo=(sudo)
  fi
  say "Installing system packages (apt-get): ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  quietly apt-update "${sudo[@]}" apt-get update ||
    say "apt-get update failed; trying with the package lists that are there"
  quietly apt-install "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}" || fail "apt-get install ${missing[*]}"
}

# Only uv itself gets on PATH: the environment that it lives in has a python3 of its own.
ensure_uv() {
  [ "$(uv --version 2>/dev/null | cut -d" " -f2)" = "$UV_VERSION" ] && return 0
  say "Installing uv $UV_VERSION into .cache/tools"
  rm -rf "$CACHE/tools/uv"
  quietly uv-venv python3 -m venv "$CACHE/tools/uv" || fail "python3 -m venv"
  quietly uv-install "$CACHE/tools/uv/bin/pip" install --quiet "uv==$UV_VERSION" || fail "pip install uv"
  mkdir -p "$CACHE/tools/bin"
  ln -sf "$CACHE/tools/uv/bin/uv" "$CACHE/tools/uv/bin/uvx" "$CACHE/tools/bin/"
  hash -r
}

# ensure_pythons <minor…>: interpreters that the tests of the Python runtime need.
ensure_pythons() {
  local version
  for version in "$@"; do
    uv python find --no-project "$version" >/dev/null 2>&1 && continue
    has_pyenv_python "$version" && continue
    say "Installing Python $version (uv python install)"
    quietly "python-$version" uv python install "$version" ||
      say "Python $version could not be installed: the tests that need it will fail"
  done
}

has_pyenv_python() {
  compgen -G "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1.*/bin/python" >/dev/null
}
