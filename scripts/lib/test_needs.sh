# shellcheck shell=bash
# Which tests need what scripts/test sets up beside the packages that all share: folders below Tests, one pattern for each.

declare -A TEST_NEEDS=(
  [engine]='Build/DockerTests|EndToEnd'
  [browser]='EndToEnd'
  [slurm]='Executors/Conformance|Program'
  [sftp-servers]='EndToEnd|Program|Staging'
  [frameworks]='EndToEnd'
  [aws]='Cloud/StepTests|EndToEnd|Program|Staging'
)

# Prints files and folders below Tests in which tests may lie that a filter of `swift test` matches. The first name in the
# filter stands in a test's name, so in its file, or in the name of its target. A pattern of more than names and dots may match
# anything: then all are printed.
test_files() {
  local names='^[A-Za-z0-9_./^$\]+$' name=
  if [[ $1 =~ $names && $1 =~ [A-Za-z0-9_]+ ]]; then name=${BASH_REMATCH[0]}; fi
  (
    cd -- "$ROOT" || return
    grep -rl --include='*.swift' -e "$name" Tests | cut -d/ -f2- || true
    sed -nE "s|.*\"\w*$name\w*\", in: \"([^\"]+)\".*|\1/|p" Package.swift
  )
}

# tests_need WHAT FILTER: whether a test that the filter matches may need it; without a filter, yes.
tests_need() {
  [[ -z $2 ]] || grep -qE "^(${TEST_NEEDS[$1]})/" < <(test_files "$2")
}
