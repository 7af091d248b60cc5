#!/usr/bin/env bash
# Asks the package feed whether it has every package that feed/ has a stand-in for: all of them = full, else partial.
# STREAMS_FEED=full|partial decides instead. The answer goes to .streams/feed.props, which Directory.Build.props reads.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

probe=$state/probe
decide() { # decide full|partial WHY
  echo "<Project><PropertyGroup><StreamsFeed>$1</StreamsFeed></PropertyGroup></Project>" > "$state/feed.props"
  say "package feed: $1 ($2)"
}

case ${STREAMS_FEED:-} in
  full | partial) decide "$STREAMS_FEED" "forced by STREAMS_FEED"; exit 0 ;;
  '') ;;
  *) fail STR7105 "STREAMS_FEED has an unknown value" "Use full or partial, or leave it unset" "$STREAMS_FEED" ;;
esac

# A project beside the product's settings: it must see only the feed.
rm -rf "$probe"
mkdir -p "$probe"
echo '<Project />' | tee "$probe/Directory.Build.props" "$probe/Directory.Build.targets" > "$probe/Directory.Packages.props"
{
  echo '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup>'
  for project in "$root"/feed/*/*.csproj; do
    version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$project")
    echo "<PackageReference Include=\"$(basename "$project" .csproj)\" Version=\"[$version]\" />"
  done
  echo '</ItemGroup></Project>'
} > "$probe/probe.csproj"

say "package feed: asking for $(grep -c PackageReference "$probe/probe.csproj") packages"
if dotnet restore "$probe/probe.csproj" > "$probe/log" 2>&1; then
  decide full "it has all of them"
elif grep -q 'NU110[123]' "$probe/log"; then
  decide partial "without $(sed -n 's/.*NU110[123]: Unable to find [^.]*package \([^ ]*[^ .]\)[. ].*/\1/p' "$probe/log" | sort -u | paste -sd' ')"
elif [[ -f $state/feed.props ]]; then
  say "package feed: not reachable now; staying with the earlier answer"
else
  tail -n 20 "$probe/log" >&2
  fail STR7106 "The package feed gave no answer" "Check the network and NuGet.Config, or set STREAMS_FEED"
fi
