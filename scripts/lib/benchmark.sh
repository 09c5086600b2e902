# shellcheck shell=bash
# What the benchmarks have in common.

# benchmark_arguments PROGRAM ARGUMENTS...: ends here if they are wrong or ask for help, before anything is
# installed or built.
benchmark_arguments() {
  local program=$1
  shift
  case " $* " in *" --help "* | *" -h "*) exec python3 "$program" --help ;; esac
  python3 "$program" --check "$@" || exit
  BENCHMARK_NEEDS_BUILD=yes
  case " $* " in *" --tool "* | *" --tool="*) BENCHMARK_NEEDS_BUILD=no ;; esac
}

# benchmark_build PRODUCT...: builds them unless --tool names a built program; sets BENCHMARK_TOOL to the options
# that name them.
benchmark_build() {
  local product bin
  BENCHMARK_TOOL=()
  [[ $BENCHMARK_NEEDS_BUILD == yes ]] || return 0
  swift_require
  swift_libraries || die "the tool cannot be built without the packages named above"
  say "building for release: $*"
  for product in "$@"; do swift build --quiet -c release --product "$product"; done
  bin=$(swift build -c release --show-bin-path)
  for product in "$@"; do
    case $product in
      pipeline) BENCHMARK_TOOL+=(--tool "$bin/pipeline") ;;
      *) BENCHMARK_TOOL+=("--$product" "$bin/$product") ;;
    esac
  done
}
