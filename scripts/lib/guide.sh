# shellcheck shell=bash
# The tests of the guide: every command of its pages, the screens of a run, the ledger's queries (Tests/guide).

# A process for each page, as many at once as there are processors: most of the time they wait. Those that take longest
# come first: the others fill the time that they take.
guide_tests() {
  local pages longest='test_(recover|first_steps|second_operator|exit_codes|roll_back|operate)$'
  pages=$(sed -n '/^class Guide/,/^class Pages/s/^    def \(test_[a-z_]*\).*/test_guide.Guide.\1/p' Tests/guide/test_guide.py)
  # shellcheck disable=SC2016,SC2086
  { printf '%s\n' $pages | grep -E "$longest" && printf '%s\n' $pages test_queries test_screens test_guide.Pages | grep -vE "$longest"; } |
    PYTHONPATH=$ROOT/Tests/guide PYTHONDONTWRITEBYTECODE=1 \
      GUIDE_PYTHON=${PIPELINE_TEST_AWS_PYTHON:-$PIPELINE_TEST_PYTHON} \
      xargs -n 1 -P "$(nproc)" sh -c '
    # What hangs is reported and does not hold up the rest.
    began=$(date +%s)
    output=$(timeout --kill-after=10 900 "$GUIDE_PYTHON" -m unittest "$1" 2>&1)
    status=$?
    [ "$status" != 124 ] || output="$output
FAILED: $1 did not end within 15 minutes"
    printf "%s: %d s\n%s\n" "$1" $(($(date +%s) - began)) "$output"
    exit "$status"' module
}
