#!/usr/bin/env bash
# Installs the missing operating system packages with apt. No service is started and no database cluster is created by it.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

missing=()
need() { # need PACKAGE[|OTHER] TEST…: the package, or the other where there is no such, is missing unless the test succeeds
  local package=$1
  "${@:2}" > /dev/null 2>&1 || missing+=("$package")
}

need curl command -v curl
need ca-certificates test -s /etc/ssl/certs/ca-certificates.crt
need procps command -v ps
need "postgresql-15|postgresql" compgen -G '/usr/lib/postgresql/*/bin/postgres'
need redis-server command -v redis-server
need "openjdk-17-jre-headless|default-jre-headless" command -v java
need maven command -v mvn
if grep -q partial "$state/feed.props"; then # the library under the stand-in for RocksDB, and what building librdkafka takes
  need "librocksdb7.8|librocksdb-dev" rocksdb_present
  need gcc command -v gcc
  need g++ command -v g++
  need make command -v make
  need libssl-dev test -f /usr/include/openssl/ssl.h
  need zlib1g-dev test -f /usr/include/zlib.h
  need libzstd-dev test -f /usr/include/zstd.h
fi

if [[ ${#missing[@]} == 0 ]]; then
  say "system packages: all there"
  exit 0
fi

command -v apt-get > /dev/null || fail STR7103 "System packages are missing and there is no apt-get" "Install them by other means" "${missing[*]}"

[[ $(id -u) == 0 ]] || command -v sudo > /dev/null ||
  fail STR7101 "System packages are missing and only root can install them" "Run ./streams setup as root once, or install sudo" "${missing[*]}"
apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -qq --no-install-recommends \
    -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold "$@"
}
logged apt-update apt update || warn "the package lists could not be brought up to date; trying with those that are there"
chosen=()
for package in "${missing[@]}"; do
  if [[ $package == *'|'* ]] && ! apt-cache show "${package%%|*}" > /dev/null 2>&1; then chosen+=("${package##*|}"); else chosen+=("${package%%|*}"); fi
done
wants() { [[ " ${chosen[*]}" == *" $1"* ]]; }
say "system packages: installing ${chosen[*]}"

# While this runs, Debian's own switch keeps every installed service from starting; then it is as it was.
policy=/usr/sbin/policy-rc.d
clusters=/etc/postgresql-common/createcluster.conf
saved=$(mktemp -d)
restore() {
  if [[ -f $saved/policy ]]; then as_root cp -p "$saved/policy" "$policy"; else as_root rm -f "$policy"; fi
  if [[ -f $saved/clusters ]]; then as_root cp -p "$saved/clusters" "$clusters"; fi
  rm -rf "$saved"
}
trap restore EXIT
if [[ -f $policy ]]; then as_root cp -p "$policy" "$saved/policy"; fi
printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" > /dev/null
as_root chmod 755 "$policy"

if wants postgresql; then
  # The first cluster is made by the server package, after this configuration is there.
  logged apt-postgresql-common apt install postgresql-common
  as_root cp -p "$clusters" "$saved/clusters"
  echo 'create_main_cluster = false' | as_root tee -a "$clusters" > /dev/null
fi
logged apt-install apt install "${chosen[@]}" ||
  fail STR7104 "The system packages could not be installed" "Read the log above; then run ./streams setup again"
if wants redis-server && [[ -d /run/systemd/system ]]; then
  # Streams starts a private instance; nothing shall listen after the next boot because of it.
  as_root systemctl disable -q redis-server || warn "redis-server stays enabled as a service"
fi
