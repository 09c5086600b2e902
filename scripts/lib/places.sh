# shellcheck shell=bash
# Where things are. A script sources this file first; everything else runs from the project's root.

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
LIB=$ROOT/scripts/lib

is_root() { ((EUID == 0)); }

# Services and caches belong to the machine, not to one checkout: two clones share one engine.
if [[ -z ${PIPELINE_SERVICES:-} ]]; then
  if is_root; then
    PIPELINE_SERVICES=${XDG_STATE_HOME:-/var/lib}/pipeline
  else
    PIPELINE_SERVICES=${XDG_STATE_HOME:-$HOME/.local/state}/pipeline
  fi
fi

# Debian keeps daemons here, and a user's PATH often lacks it. The second holds what was unpacked
# without root (packages.sh).
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:$ROOT/.pipeline/tools/usr/sbin

export ROOT LIB PIPELINE_SERVICES PATH
cd -- "$ROOT" || exit 1
