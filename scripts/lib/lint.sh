# shellcheck shell=bash
# Checks that need no build (scripts/lint; scripts/test runs them too).

lint_all() {
  check format swift format lint --strict --parallel -r Sources Tests Package.swift
  check rules python3 Tests/rules/check_rules.py
  local shell_files
  mapfile -t shell_files < <(
    printf '%s\n' scripts/demo scripts/docs scripts/install scripts/lint scripts/package scripts/test scripts/stop \
      scripts/stranger scripts/lib/*.sh scripts/lib/*/*.sh Tests/guide/helpers/* .ci/run Tests/aws/standin/beanstalk/namespace.sh \
      Tests/aws/standin/beanstalk/instance_bin/docker Tests/TestServers/slurm_cluster.sh
  )
  check shellcheck shellcheck -x "${shell_files[@]}"
  check ruff .venv-lint/bin/ruff check --quiet .
  check mypy lint_types
  check house scripts/house --check
  check prose python3 Tests/rules/check_prose.py
}

# Python is several programs, each with its own search path. Types of libraries come from the example's
# environment where that exists.
lint_types() {
  local python=.venv-lint/bin/python status=0 group
  # Attributes of a test case that setUpClass makes, and dictionaries of options: not for the product.
  local loose=(--disable-error-code attr-defined --disable-error-code arg-type --disable-error-code call-overload)
  [[ ! -x .venv/bin/python ]] || python=.venv/bin/python
  MYPYPATH=site:. .venv-lint/bin/mypy --no-error-summary --python-executable "$python" site pipeline || status=1
  local readers=Sources/Features/Init/ScriptReading/analyser
  for group in "site:.:$readers Tests/python" "$readers $readers" "Sources/Shipping/Doctor Sources/Shipping/Doctor" "Tests/frameworks Tests/frameworks" "Tests/guide Tests/guide" "Tests/aws Tests/aws" \
    "benchmarks/runner_cases benchmarks/runner_cases" "benchmarks/sync_cases benchmarks/sync_cases" \
    "benchmarks benchmarks/kill_drill.py benchmarks/measure.py benchmarks/report.py benchmarks/report_page.py" \
    ". Tests/rules Tests/scripts Tests/faults Tests/mutation Tests/browser scripts/lib scripts/house"; do
    # shellcheck disable=SC2086
    MYPYPATH=${group%% *} .venv-lint/bin/mypy --no-error-summary --python-executable "$python" "${loose[@]}" ${group#* } || status=1
  done
  return "$status"
}
