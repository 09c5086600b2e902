# shellcheck shell=bash
# Runs named checks one after the other, whatever becomes of each, and sums up at the end.

CHECK_LOGS=artifacts/checks
CHECK_RESULTS=()
CHECK_FAILURES=0

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

# checks_beside FUNCTION: runs checks beside what follows, one after the other; checks_join shows their output.
checks_beside() {
  mkdir -p -- "$CHECK_LOGS"
  say "beside what follows: $1"
  {
    # shellcheck disable=SC2030 # A process of its own: what comes of it is in the file.
    CHECK_RESULTS=() CHECK_FAILURES=0
    "$1"
    printf '%s, beside others\n' "${CHECK_RESULTS[@]}" >"$CHECK_LOGS/beside.results"
    exit "$CHECK_FAILURES"
  } >"$CHECK_LOGS/beside.output" 2>&1 &
  CHECK_BESIDE_PID=$!
}

# Waits for them. Where they did not come to their end, that is a failure of its own.
# shellcheck disable=SC2031 # This process's own.
checks_join() {
  local failures=0 line
  wait "$CHECK_BESIDE_PID" || failures=$?
  cat -- "$CHECK_LOGS/beside.output"
  ((CHECK_FAILURES += failures)) || true
  if [[ -f $CHECK_LOGS/beside.results ]]; then
    while IFS= read -r line; do CHECK_RESULTS+=("$line"); done <"$CHECK_LOGS/beside.results"
  else
    CHECK_RESULTS+=("$(printf '%-7s %-16s' FAILED "checks beside")")
    ((CHECK_FAILURES += 1))
  fi
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
