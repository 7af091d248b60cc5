#!/usr/bin/env bash
# Restores and builds when a source file was changed, added or removed since the last build.
# build.sh all: the whole solution. build.sh cli: the program with all services, which is all that running takes.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"

case $1 in
  all) target=Streams.sln ;;
  cli) target=cli/Streams.Cli.csproj ;;
esac
stamp=$state/build-$1.stamp
sources() { # sources [TEST…]: every file that a build may read, if the test holds
  find . \( -name .git -o -name .streams -o -name bin -o -name obj -o -name node_modules -o -name docs \) -prune -o -type f "$@" -print
}
names() { echo "$configuration"; sources | sort | sha256sum; }

if [[ -f $stamp && $(< "$stamp") == "$(names)" && -z $(sources -newer "$stamp" | head -n 1) ]]; then
  exit 0
fi
say "building $target ($configuration)"
begin=$(mktemp "$state/build.XXXXXX")
trap 'rm -f "$begin"' EXIT
# Written before the build and of that age: what changes while it runs is built next time.
names > "$begin"
logged build dotnet build "$target" -c "$configuration" --nologo -v quiet "-clp:ErrorsOnly;NoSummary" ||
  fail STR7110 "The build failed" "Read the log above"
# The solution contains the program.
if [[ $1 == all ]]; then cp -p "$begin" "$state/build-cli.stamp"; fi
mv "$begin" "$stamp"
