#!/usr/bin/env bash
# Fetches the jars of Apache Kafka, Kafka Connect and Debezium's PostgreSQL connector into .streams/kafka-runtime.
# The second run sees by the stamp that nothing changed and ends at once.
#
# Source: the Maven repository in $STREAMS_MAVEN_MIRROR (a folder; default ../shared/m2 beside the repository when it
# is there), else Maven Central. STREAMS_KAFKA_RUNTIME overrides the target folder. Needs: Java 17+, Maven 3.8+.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
poms=$root/debezium/runtime
target=${STREAMS_KAFKA_RUNTIME:-$root/.streams/kafka-runtime}
stamp=$target/stamp
wanted=$(cat "$poms/pom.xml" "$poms/kafka/pom.xml" "$poms/plugin/pom.xml" | sha256sum | cut -d' ' -f1)

if [[ -f $stamp && $(cat "$stamp") == "$wanted" ]]; then
  echo "kafka-runtime: up to date in $target"
  exit 0
fi

for tool in java mvn; do
  command -v "$tool" > /dev/null || { echo "kafka-runtime: STR7020: $tool is not installed; apt-get install openjdk-17-jre-headless maven" >&2; exit 1; }
done

mirror=${STREAMS_MAVEN_MIRROR:-$root/../shared/m2}
arguments=(--batch-mode --quiet -Dstyle.color=never -f "$poms/pom.xml")
if [[ -d $mirror ]]; then
  STREAMS_MAVEN_MIRROR=$(cd "$mirror" && pwd)
  STREAMS_MAVEN_CACHE=$root/.streams/maven
  export STREAMS_MAVEN_MIRROR STREAMS_MAVEN_CACHE
  arguments+=(-s "$poms/settings-mirror.xml")
  echo "kafka-runtime: jars from the folder $STREAMS_MAVEN_MIRROR"
else
  echo "kafka-runtime: jars from Maven Central (about 120 MB)"
fi

# Built beside the target and moved into place whole: an interrupted run leaves no half-filled class path.
mkdir -p "$(dirname "$target")"
work=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$work"' EXIT
mvn "${arguments[@]}" "-Dstreams.out=$work" package
chmod 755 "$work"
echo "$wanted" > "$work/stamp"
rm -rf "$target"
mv "$work" "$target"
trap - EXIT
if [[ -n ${STREAMS_MAVEN_CACHE:-} ]]; then rm -rf "$STREAMS_MAVEN_CACHE"; fi
echo "kafka-runtime: $(find "$target" -name '*.jar' | wc -l) jars in $target"
