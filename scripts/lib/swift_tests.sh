# shellcheck shell=bash
# The Swift tests, as processes side by side: a test that waits blocks a thread, and a process has as many as processors.

# Identifiers of tests, a line each, become patterns for processes. A process has its own stand-in for AWS, so a cloud
# suite, whose tests have to come one after the other on one stand-in, is given to several. Small suites of one target
# share a process. Those that take longest, by about what a test of their kind takes, come first: the others fill the time
# that they take.
swift_groups() {
  LC_ALL=C sort | awk -v most=3 -v enough=60 '
    function seconds() {
      if (suite ~ /^EndToEndTests.*(StaticCloud|ReportPage)/) return 90
      if (suite ~ /^EndToEndTests.*(Cloud(Op|Tr|Re|Ne)|Services|RemoteRelease)/) return 45
      if (suite ~ /^EndToEndTests.*(Cloud|Framework)/) return 25
      if (suite ~ /^EndToEndTests.*([.]Release|Failure)/) return 14
      if (suite ~ /^EndToEndTests|ClusterTests$/) return 8
      return suite ~ /^(Runner|Slots|SFTP|CloudStep|PipelineEngine)Tests/ ? 2 : 0.3
    }
    function emit(time, pattern) { print time "\t^" pattern }
    function endTarget() {
      if (suites != "") emit(weight, target "(" suites ")/")
      suites = ""
      weight = 0
    }
    function endSuite() {
      if (names == "") return
      if (seconds() >= 8) emit(count * seconds(), suite "/(" names ")\\(")
      else {
        suites = (suites == "" ? "" : suites "|") substr(suite, length(target) + 1)
        weight += count * seconds()
        if (weight >= enough) endTarget()
      }
      names = ""
      count = 0
    }
    {
      name = $0; sub(/\(.*/, "", name)
      place = index(name, "/")
      own = substr(name, 1, place - 1); gsub(/\./, "\\.", own)
      if (own != suite || suite ~ /^EndToEndTests.*(Cloud|Services)/ && count == most) endSuite()
      suite = own
      if (index(suite, target) != 1 || target == "") {
        endTarget()
        target = substr(suite, 1, index(suite, "."))
      }
      names = (names == "" ? "" : names "|") substr(name, place + 1)
      count++
    }
    END { endSuite(); endTarget() }' | sort -k 1,1nr -s | cut -f 2-
}

# Three times as many processes as there are processors: most wait more than half of their time. The tests are built already.
swift_tests() {
  local bundle=$ROOT/.build/debug/pipelinePackageTests.xctest listed
  listed=$("$bundle" --testing-library swift-testing --list-tests) || return 1
  # shellcheck disable=SC2016
  swift_groups <<<"$listed" | BUNDLE=$bundle CHECK_LOGS=$CHECK_LOGS xargs -d '\n' -n 1 -P $((3 * $(nproc))) sh -c '
    # What hangs is reported and does not hold up the rest.
    began=$(date +%s)
    output=$(timeout --kill-after=10 900 "$BUNDLE" --testing-library swift-testing --parallel --filter "$1" 2>&1)
    status=$?
    [ "$status" != 124 ] || output="$output
✘ $1 did not end within 15 minutes"
    # The second line that "times" prints is of the programs that have ended: user and system. In $(...) it would be of none.
    times >"$CHECK_LOGS/times.$$"
    printf "%s: %d s, processor time %s\n%s\n" "$1" $(($(date +%s) - began)) \
      "$(tail -n 1 "$CHECK_LOGS/times.$$")" "$output"
    rm -f "$CHECK_LOGS/times.$$"
    exit "$status"' group
}
