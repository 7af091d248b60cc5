# Shared by the scripts of this folder; sourced, not run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
state=$root/.streams
# One configuration for running and testing: what is tested is what runs.
configuration=${STREAMS_CONFIGURATION:-Release}
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=true
# No build node and no compiler server is left behind when a command ends.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
mkdir -p "$state"

say() { echo "setup: $*"; }
warn() { echo "setup: warning: $*" >&2; }

# fail CODE TITLE REMEDY [DETAIL]: the first three are listed in docs/reference/errors.md
fail() {
  echo "setup: $1: $2${4:+: $4}. Remedy: $3" >&2
  exit 1
}

# Whether the stand-in for RocksDB finds a library (feed/RocksDB/Interop.cs).
rocksdb_present() {
  compgen -G '/usr/lib/*/librocksdb.so.7*' > /dev/null || compgen -G '/usr/lib/*/librocksdb.so' > /dev/null
}

# Runs a command as root: directly, or by sudo.
as_root() {
  if [[ $(id -u) == 0 ]]; then "$@"; else sudo "$@"; fi
}

# Runs a command with its output in a log; shows the end of the log when it fails.
logged() {
  local log=$state/log/$1.log
  mkdir -p "$state/log"
  if ! "${@:2}" > "$log" 2>&1; then
    tail -n 40 "$log" >&2
    warn "$1 failed; the whole output is in $log"
    return 1
  fi
}
