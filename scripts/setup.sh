#!/usr/bin/env bash
# Brings the machine to where everything builds and runs. Idempotent: a stamp of the inputs makes the second run quick.
# setup.sh all | cli: what to build at its end, see build.sh.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"

# One at a time. -o: a compiler server that a build leaves behind must not keep the lock, or the next command would wait until it goes.
if [[ -z ${STREAMS_SETUP_LOCKED:-} ]]; then
  STREAMS_SETUP_LOCKED=1 exec flock -o "$state/setup.lock" "$root/scripts/setup.sh" "$@"
fi
unset STREAMS_SETUP_LOCKED

# What the set-up depends on besides source code: these scripts, package versions, the poms and the wanted feed.
inputs() {
  cat scripts/*.sh Directory.* global.json feed/feed.targets feed/*/*.csproj
  find debezium/runtime -name '*.xml' -not -path '*/target/*' -exec cat {} + 2> /dev/null || true
  echo "${STREAMS_FEED:-} $(uname -m) $root"
}

# The programs that the stack and the tests start; a stamp of a machine that has changed since is worth nothing.
tools_present() {
  local tool
  for tool in redis-server java mvn curl dotnet; do command -v "$tool" > /dev/null || return 1; done
  compgen -G '/usr/lib/postgresql/*/bin/postgres' > /dev/null || command -v postgres > /dev/null || return 1
  grep -q full "$state/feed.props" || rocksdb_present
}

jars() {
  say "jars of Apache Kafka, Connect and Debezium"
  logged kafka-runtime scripts/kafka-runtime.sh ||
    warn "without these jars --engine kafka does not start, and the tests that need them are skipped by name (in CI they fail)"
}

wanted=$(inputs | sha256sum | cut -d' ' -f1)
if [[ ! -f $state/setup.stamp || $(< "$state/setup.stamp") != "$wanted" ]] || ! tools_present; then
  rm -f "$state"/setup.stamp "$state"/build-*.stamp
  command -v dotnet > /dev/null || fail STR7102 "The .NET SDK is not installed" "Install the .NET 10 SDK, see https://dotnet.microsoft.com/download"
  scripts/feed-probe.sh
  scripts/os-packages.sh
  scripts/librdkafka.sh
  jars
  scripts/build.sh "$1"
  echo "$wanted" > "$state/setup.stamp"
  say "done"
else
  # Where the jars could not be had, later runs ask again.
  [[ -f ${STREAMS_KAFKA_RUNTIME:-$state/kafka-runtime}/stamp ]] || jars
  scripts/build.sh "$1"
fi
