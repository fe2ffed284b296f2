#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# fuzz_one.sh NAME SECONDS MAX_LEN - one fuzz target for a while; called by `run fuzz`.
set -eu

name=$1
corpus=fuzz/corpus/$name
grown=.cache/fuzz/$name
log=build/fuzz/logs/$name.log
mkdir -p "$grown" "$corpus"
status=0
"build/fuzz/fuzz/fuzz_$name" -max_total_time="$2" -max_len="$3" -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="$corpus/" "$grown" "$corpus" >"$log" 2>&1 || status=$?
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
if [ "$status" = 0 ]; then
    printf 'ok    %-24s %10s runs\n' "$name" "$runs"
else
    printf 'FAIL  %-24s %10s runs\n' "$name" "$runs"
    grep -E 'ERROR|SUMMARY|runtime error|Test unit written' "$log" | sed 's/^/      /'
    : >"build/fuzz/logs/$name.found"
fi
