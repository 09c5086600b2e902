# shellcheck shell=bash
# Runs named checks one after the other, whatever becomes of each, and sums up at the end.

CHECK_LOGS=artifacts/checks
CHECK_RESULTS=()
CHECK_FAILURES=0
declare -A CHECK_BESIDE=()

# check NAME COMMAND...: output to the terminal and to artifacts/checks/NAME.log.
check() {
  local name=$1 start=$SECONDS word=ok
  shift
  mkdir -p -- "$CHECK_LOGS"
  say "$name: $*"
  if ! "$@" 2>&1 | tee "$CHECK_LOGS/$name.log"; then
    word=FAILED
    ((CHECK_FAILURES += 1))
  fi
  CHECK_RESULTS+=("$(printf '%-7s %-16s %4d s' "$word" "$name" $((SECONDS - start)))")
}

# checks_beside FUNCTION: runs checks beside what follows, one after the other, until checks_join FUNCTION shows their output.
checks_beside() {
  mkdir -p -- "$CHECK_LOGS"
  say "beside what follows: $1 (output in $CHECK_LOGS/$1.output)"
  # A process group of its own, so that nothing of it is left where this ends early.
  set -m
  {
    # shellcheck disable=SC2030 # A process of its own: what comes of it is in the file.
    CHECK_RESULTS=() CHECK_FAILURES=0
    "$1"
    printf '%d\n' "$CHECK_FAILURES" >"$CHECK_LOGS/$1.results"
    printf '%s, beside others\n' "${CHECK_RESULTS[@]}" >>"$CHECK_LOGS/$1.results"
  } </dev/null >"$CHECK_LOGS/$1.output" 2>&1 &
  CHECK_BESIDE[$1]=$!
  set +m
  trap checks_end EXIT
}

checks_end() {
  local group
  for group in "${CHECK_BESIDE[@]}"; do kill -- "-$group" 2>/dev/null || true; done
}

# Waits for them. Where they did not come to their end, that is a failure of its own.
# shellcheck disable=SC2031 # This process's own.
checks_join() {
  local failures results
  wait "${CHECK_BESIDE[$1]}" 2>/dev/null || true
  unset "CHECK_BESIDE[$1]"
  cat -- "$CHECK_LOGS/$1.output"
  if [[ -f $CHECK_LOGS/$1.results ]]; then
    { read -r failures && mapfile -t results; } <"$CHECK_LOGS/$1.results"
  else
    failures=1 results=("$(printf '%-7s %-16s' FAILED "$1")")
  fi
  ((CHECK_FAILURES += failures)) || true
  CHECK_RESULTS+=("${results[@]}")
}

# Something that could not be checked here. In continuous integration that is a failure: there,
# green means that all of it ran.
check_left_out() {
  CHECK_RESULTS+=("$(printf '%-7s %-16s %s' "NOT RUN" "$1" "$2")")
  if [[ ${CI:-} == true ]]; then
    ((CHECK_FAILURES += 1))
  fi
}

# The test runners' own last words, from the logs of the last run: what failed, by name and reason,
# and the count. Long lines (an argument of a test, a whole output) are cut.
checks_closing_lines() {
  say "what failed"
  grep -hE '^(✘|(FAIL|ERROR): )' "$CHECK_LOGS"/*.log 2>/dev/null | cut -c1-600 | head -n 60 |
    sed 's/^/    /' || true
  say "closing lines of the test runners"
  grep -hE 'Test run with|^Ran [0-9]+ tests?|^(OK|FAILED)\b' "$CHECK_LOGS"/*.log 2>/dev/null |
    sed 's/^/    /' || true
}

# Prints the runners' own closing lines, then a line a check; 1 if any failed.
checks_sum_up() {
  printf '\n'
  checks_closing_lines
  say "summary (logs in $CHECK_LOGS)"
  printf '    %s\n' "${CHECK_RESULTS[@]}"
  if ((CHECK_FAILURES)); then
    printf '%d of %d checks failed\n' "$CHECK_FAILURES" "${#CHECK_RESULTS[@]}"
    return 1
  fi
  printf 'all %d checks passed\n' "${#CHECK_RESULTS[@]}"
}
