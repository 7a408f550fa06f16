#!/usr/bin/env bash
# Packs everything in src.
#
#   eng/pack.sh            the packages to publish, on the latest clients      -> artifacts/packages
#   eng/pack.sh portable   for a feed that does not carry the latest clients   -> artifacts/packages-portable
#
# PUBLISHING: a feed without the latest clients can compile them, not run them. Publish only what a green run of the
# workflow's "latest" job has tested: that job runs every test with Clients=latest against service containers.
set -euo pipefail
cd "$(dirname "$0")/.."

clients=${1:-latest}
case $clients in
  latest) output=artifacts/packages ;;
  portable) output=artifacts/packages-portable ;;
  *) echo "usage: eng/pack.sh [latest|portable]" >&2; exit 2 ;;
esac

rm -rf "$output"
mkdir -p "$output"
dotnet msbuild eng/src.proj -target:Restore -property:Clients="$clients" -nodeReuse:false -verbosity:quiet
dotnet msbuild eng/src.proj -target:Pack -nodeReuse:false -verbosity:quiet \
  -property:Clients="$clients" -property:Configuration=Release -property:PackageOutputPath="$PWD/$output"

ls "$output"/*.nupkg
if [[ $clients == latest ]]; then
  echo "Publish these only after a green run of the workflow's \"latest\" job, which tests Clients=latest against service containers."
else
  echo "These are for trying on a feed without the latest clients; they are not to be published."
fi
