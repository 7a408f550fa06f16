#!/usr/bin/env bash
# Builds the solution and runs every test project, one at a time.
#
#   eng/test.sh                      all tests
#   eng/test.sh FILTER               only those that match, as in: dotnet test --filter FILTER
#   Clients=latest eng/test.sh       against the clients that the published packages depend on
#   CONFIGURATION=Debug eng/test.sh  another configuration (Release)
#
# The last line is "N passed, N failed". Fails when a test failed, when a project ended badly or ran nothing, and, with
# CI=true, when a test was skipped for want of something. A contract that a backend does not promise says so when it is
# skipped ("Not promised here: …") and is counted apart. Output and results stay in artifacts/test-results.
set -euo pipefail
cd "$(dirname "$0")/.."

filter=${1:-}
configuration=${CONFIGURATION:-Release}
results=artifacts/test-results
passed=0 failed=0 skipped=0 unpromised=0 bad=()

if ! eng/services.sh; then
  [[ ${CI:-} == true ]] && { echo "Servers are missing." >&2; exit 1; }
  echo "Tests that need a missing server are skipped." >&2
fi

dotnet build --configuration "$configuration" -nodeReuse:false -verbosity:quiet
rm -rf "$results"
mkdir -p "$results"

# An attribute of <Counters …/> in a result file.
counter() { sed -n "s/.*<Counters [^>]*\b$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

for project in $(dotnet sln list | tr '\\' '/' | grep '^tests/.*\.csproj$' | sort); do
  grep -q 'Microsoft.NET.Test.Sdk' "$project" || continue
  name=$(basename "$project" .csproj)
  echo "== $name"

  arguments=(--no-build --configuration "$configuration" --results-directory "$results/$name" --logger "trx;LogFileName=$name.trx"
    --blame-hang --blame-hang-timeout 5m --blame-hang-dump-type none)
  [[ -n $filter ]] && arguments+=(--filter "$filter")
  status=0
  dotnet test "$project" "${arguments[@]}" 2>&1 | tee "$results/$name.log" || status=$?

  trx=$results/$name/$name.trx
  total=0 good=0 wrong=0 apart=0
  if [[ -e $trx ]]; then
    total=$(counter "$trx" total) good=$(counter "$trx" passed) wrong=$(counter "$trx" failed)
    apart=$(grep -c '<Message>Not promised here: ' "$trx" || true)
  fi
  passed=$((passed + good))
  failed=$((failed + wrong))
  unpromised=$((unpromised + apart))
  skipped=$((skipped + total - good - wrong - apart))

  if [[ $status -ne 0 && $wrong -eq 0 ]]; then
    bad+=("$name ended with exit code $status")
  elif [[ $total -eq 0 && -z $filter ]]; then
    bad+=("$name ran no tests")
  fi
done

[[ $((passed + failed + skipped + unpromised)) -eq 0 ]] && bad+=("no test was run")
[[ $unpromised -gt 0 ]] && echo "$unpromised contracts are not promised by the backend they were tried on"
[[ $skipped -gt 0 ]] && echo "$skipped skipped"
[[ $skipped -gt 0 && ${CI:-} == true ]] && bad+=("with CI=true no test may be skipped")
for reason in "${bad[@]}"; do
  echo "FAILED: $reason"
done

echo "$passed passed, $((failed + ${#bad[@]})) failed"
[[ $failed -eq 0 && ${#bad[@]} -eq 0 ]]
