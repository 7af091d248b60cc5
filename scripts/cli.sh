#!/usr/bin/env bash
# Hands over to the C# command line program.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
exec dotnet "$root/cli/bin/$configuration/net10.0/streams.dll" "$@"
