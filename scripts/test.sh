#!/usr/bin/env bash
# Runs every test project, one after the other, and ends with one line: N passed, N failed, N skipped.
# A project that crashes, hangs, was not built or runs no test counts as one failure.
# test.sh [filter]: only tests whose full name contains the filter.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"

filter=${1:-}
limit=${STREAMS_TEST_LIMIT:-1200} # seconds for one project
results=$state/test-results
rm -rf "$results"
mkdir -p "$results"
passed=0 failed=0 skipped=0 broken=0

# A number of the <Counters> element of a result file.
counter() { sed -n "s/.*<Counters [^>]*\b$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

# Names of the tests with an outcome.
names() { grep -o "<UnitTestResult [^>]*outcome=\"$2\"[^>]*" "$1" | sed 's/.*testName="\([^"]*\)".*/\1/; s/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' || true; }

run() { # run NAME ASSEMBLY
  local name=$1 trx=$results/$1.trx log=$results/$1.log code=0 total=0 good=0 bad=0 since=$SECONDS
  timeout --kill-after=30 "$limit" dotnet test "$2" --logger "trx;LogFileName=$name.trx" --results-directory "$results" \
    ${filter:+--filter "FullyQualifiedName~$filter"} > "$log" 2>&1 < /dev/null || code=$?
  if [[ -f $trx ]]; then
    total=$(counter "$trx" total)
    good=$(counter "$trx" passed)
    bad=$((total - good - $(names "$trx" NotExecuted | wc -l)))
  fi
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + total - good - bad))
  if [[ $total == 0 && -n $filter && $code == 0 ]]; then return; fi
  printf '%-44s %5d passed %3d failed %3d skipped  %4d s\n' "$name" "$good" "$bad" $((total - good - bad)) $((SECONDS - since))
  if [[ -f $trx ]]; then names "$trx" NotExecuted | sed 's/^/  skipped: /'; fi
  verdict "$name" "$log" "$code" "$total" "$bad"
}

verdict() { # verdict NAME LOG CODE TOTAL BAD: says what went wrong, if something did
  if [[ $5 != 0 ]]; then
    grep -v '^\[xUnit.net' "$2" | sed 's/^/  /'
  elif [[ $3 != 0 || $4 == 0 ]]; then
    broken=$((broken + 1))
    tail -n 30 "$2" | sed 's/^/  /'
    case $3 in
      0) echo "  $1 ran no test" ;;
      124 | 137) echo "  $1 was stopped after $limit s" ;;
      *) echo "  $1 ended with code $3 although no test failed" ;;
    esac
  fi
}

while read -r project; do
  name=$(basename "$project" .csproj)
  assembly=$(dirname "$project")/bin/$configuration/net10.0/$name.dll
  if [[ -f $assembly ]]; then
    run "$name" "$assembly"
  else
    broken=$((broken + 1))
    echo "$name was not built: is it in Streams.sln?"
  fi
done < <(find tests -name '*.Tests.csproj' -not -path '*/obj/*' | sort)

if [[ -n $filter && $((passed + failed + skipped)) == 0 ]]; then
  broken=$((broken + 1))
  echo "no test has $filter in its full name"
fi
if [[ $broken != 0 ]]; then echo "of the failures, $broken are projects that did not run to their end, see above"; fi
failed=$((failed + broken))
echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed == 0 ]]
