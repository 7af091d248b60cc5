#!/usr/bin/env bash
# Builds the native Kafka client for a partial feed (librdkafka.redist is not on it) into .streams/librdkafka.
# Source: the copy of librdkafka 2.15.1 that Confluent's JavaScript client ships, from the npm registry.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

version=1.10.1
sha256=ada7d703bb1d3237e2292bfabf438d663b6160c9f1ac2a2406b5dc4257c81b66
registry=${STREAMS_NPM_REGISTRY:-https://registry.npmjs.org}
target=$state/librdkafka
wanted="librdkafka 2.15.1 from kafka-javascript $version, $(uname -m), no GSSAPI, stripped"

if grep -q full "$state/feed.props"; then
  exit 0
fi
if [[ -f $target/librdkafka.so && -f $target/stamp && $(< "$target/stamp") == "$wanted" ]]; then
  say "librdkafka: built"
  exit 0
fi

say "librdkafka: building 2.15.1 from source (about half a minute)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
curl -fsSL --retry 3 -o "$work/package.tgz" "$registry/@confluentinc/kafka-javascript/-/kafka-javascript-$version.tgz" ||
  fail STR7107 "The source of librdkafka could not be fetched" "Check the network, or set STREAMS_NPM_REGISTRY to a mirror of the npm registry"
echo "$sha256  $work/package.tgz" | sha256sum --quiet -c - ||
  fail STR7108 "The fetched source of librdkafka is not the expected one" "Check what answers at the npm registry" "$registry"
tar -xzf "$work/package.tgz" -C "$work" package/deps/librdkafka

build() {
  cd "$work/package/deps/librdkafka" && ./configure --disable-gssapi && make -j"$(nproc)" -C src
}
logged librdkafka build || fail STR7109 "librdkafka did not build" "Read the log above"
mkdir -p "$target"
strip -g -o "$target/librdkafka.so" "$work/package/deps/librdkafka/src/librdkafka.so.1"
echo "$wanted" > "$target/stamp"
