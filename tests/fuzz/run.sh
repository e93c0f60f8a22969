#!/bin/sh
# run.sh BINARIES [TARGET]: every fuzz target, two at a time, for FUZZ_SECONDS (20) each from its seeds; 0 = the seeds alone,
# which are what earlier runs found. A crash leaves its input in BINARIES and
# fails; so does a target whose seeds reach no more code than no input at all, which tests nothing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$1

if [ $# = 1 ]; then
  find "$here/corpus" -mindepth 1 -maxdepth 1 -type d | sort | sed 's|.*/||' | xargs -P 2 -I {} "$0" "$bin" {}
  exit
fi

target=$2
seeds="$here/corpus/$target"
log="$bin/$target.log"
found="$bin/corpus-$target"
nothing="$bin/nothing-$target"
# What an earlier run found would make this one another.
rm -rf "$found" "$nothing"
mkdir -p "$found" "$nothing"

fail() { cat "$log"; echo "fuzz_$target: $1" >&2; exit 1; }
# Edges of the program reached after libFuzzer's line of this kind: INITED (the seeds alone) or DONE.
covered() { sed -n "s/^#[0-9]*[[:space:]]*$1 .*cov: \([0-9]*\).*/\1/p" "$log"; }

"$bin/fuzz_$target" -runs=0 "$nothing" >"$log" 2>&1 || fail "fails without input"
none=$(covered INITED)
"$bin/fuzz_$target" -runs=0 "$seeds" >"$log" 2>&1 || fail "a seed fails"
seeded=$(covered INITED)
[ "$seeded" -gt "$none" ] || fail "its seeds reach nothing: $seeded edges, $none without them"
if [ "${FUZZ_SECONDS:-20}" = 0 ]; then
  echo "fuzz_$target: no seed is bad; edges: $none without input, $seeded by the seeds"
  exit
fi
"$bin/fuzz_$target" -max_total_time="${FUZZ_SECONDS:-20}" -max_len=4096 -timeout=5 -print_final_stats=1 \
  -artifact_prefix="$bin/crash-$target-" "$found" "$seeds" >"$log" 2>&1 || fail "failed; its input is in $bin/crash-$target-*"
echo "fuzz_$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, none bad;" \
  "edges: $none without input, $seeded by the seeds, $(covered DONE) in the end"
