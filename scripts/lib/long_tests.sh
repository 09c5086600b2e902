# shellcheck shell=bash
# The Swift tests that wait for services most of the time: whole releases, and units on a cluster.

LONG_TESTS='^EndToEndTests\.|^RunnerTests\.ClusterTests/'

# Identifiers of tests, a line each, become patterns for processes to run side by side. A process has its own stand-in
# for AWS, so a cloud suite, whose tests have to come one after the other on one stand-in, is given to several. Those that
# take longest, by about what a test of their kind takes, come first: the others fill the time that they take.
long_groups() {
  awk -v wanted="$LONG_TESTS" -v most=3 '
    function seconds() {
      return suite ~ /Cloud(Op|Tr|Re|Ne)|Services/ ? 45 : suite ~ /Cloud|Framework/ ? 25 : suite ~ /[.]Release|Failure/ ? 14 : 8
    }
    function flush() {
      if (names != "") print count * seconds() "\t^" suite "/(" names ")\\("
      names = ""
      count = 0
    }
    $0 !~ wanted || !/\// { next }
    {
      name = $0; sub(/\(.*/, "", name)
      place = index(name, "/")
      own = substr(name, 1, place - 1); gsub(/\./, "\\.", own)
      if (own != suite || suite ~ /Cloud|Services/ && count == most) flush()
      suite = own
      names = (names == "" ? "" : names "|") substr(name, place + 1)
      count++
    }
    END { flush() }' | sort -k 1,1nr -s | cut -f 2-
}

# Three times as many processes as there are processors: each waits two thirds of its time. The tests are built already.
long_tests() {
  local bundle=$ROOT/.build/debug/pipelinePackageTests.xctest listed
  listed=$("$bundle" --testing-library swift-testing --list-tests) || return 1
  # shellcheck disable=SC2016
  long_groups <<<"$listed" | BUNDLE=$bundle xargs -d '\n' -n 1 -P $((3 * $(nproc))) sh -c '
    # What hangs is reported and does not hold up the rest.
    began=$(date +%s)
    output=$(timeout --kill-after=10 900 "$BUNDLE" --testing-library swift-testing --parallel --filter "$1" 2>&1)
    status=$?
    [ "$status" != 124 ] || output="$output
✘ $1 did not end within 15 minutes"
    printf "%s: %d s\n%s\n" "$1" $(($(date +%s) - began)) "$output"
    exit "$status"' group
}
