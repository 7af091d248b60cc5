#!/usr/bin/env bash
# Hands over to the C# command line program.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# Of the .NET runtime, read when a process begins: see docs/reference/configuration.md.
if [[ "${1:-} ${2:-}" == "run stream-processors" ]]; then export DOTNET_GCgen0size=${DOTNET_GCgen0size:-6000000}; fi
exec dotnet "$root/cli/bin/$configuration/net10.0/streams.dll" "$@"
