#!/bin/sh
# run.sh BINARIES: every fuzz target for FUZZ_SECONDS (20) from its seeds. A crash leaves its input in BINARIES and fails.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$1
for seeds in "$here"/corpus/*/; do
  target=$(basename "$seeds")
  found="$bin/corpus-$target"
  mkdir -p "$found"
  "$bin/fuzz_$target" -max_total_time="${FUZZ_SECONDS:-20}" -max_len=4096 -timeout=5 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="$bin/crash-$target-" "$found" "$seeds" >"$bin/$target.log" 2>&1 ||
    { cat "$bin/$target.log"; echo "fuzz_$target failed; its input is in $bin/crash-$target-*" >&2; exit 1; }
  echo "fuzz_$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$bin/$target.log") inputs, none bad"
done
