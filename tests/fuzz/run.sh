# run.sh FUZZER NAME SECONDS: starts from the seeds of NAME, leaves a crashing input behind in the working folder.
set -eu
fuzzer=$1 name=$2 seconds=$3
mkdir "$TMP/corpus"
sh "$(dirname "$0")/seeds.sh" "$name" "$TMP/seeds"
"$fuzzer" -max_total_time="$seconds" -timeout=10 -error_exitcode=1 -timeout_exitcode=1 -rss_limit_mb=2048 -close_fd_mask=3 -print_final_stats=1 \
  -artifact_prefix="$PWD/crash-$name-" "$TMP/corpus" "$TMP/seeds"
