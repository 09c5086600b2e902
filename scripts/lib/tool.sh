# shellcheck shell=bash
# The tool as people get it: a binary that needs no Swift on the machine, and all that belongs to it.

# Builds the tool and sets TOOL to its path. PIPELINE_BINARY names one that is built already.
tool_build() {
  if [[ -n ${PIPELINE_BINARY:-} ]]; then
    TOOL=$(realpath -- "$PIPELINE_BINARY")
    [[ -x $TOOL ]] || die "PIPELINE_BINARY names no program: \"$PIPELINE_BINARY\""
    detail "using $TOOL, as PIPELINE_BINARY says"
    return 0
  fi
  say "building the tool (minutes the first time)"
  # The quiet form, but what the compiler says on a failure is shown.
  local options=(-c release --static-swift-stdlib --product pipeline -Xlinker -s)
  swift build --quiet "${options[@]}"
  TOOL=$(swift build "${options[@]}" --show-bin-path)/pipeline
  detail "${TOOL#"$ROOT"/}: $("$TOOL" --version), $(($(stat -Lc %s "$TOOL") / 1000000)) MB"
}

# tool_files FOLDER [debian]: puts everything that is installed into FOLDER, as it lies below a prefix.
tool_files() {
  local folder=$1 zsh=share/zsh/site-functions
  # Debian's zsh looks for completions of packages in a folder of its own.
  if [[ ${2:-} == debian ]]; then zsh=share/zsh/vendor-completions; fi
  mkdir -p -- "$folder/share/doc/pipeline"
  install -D -m 755 -- "$TOOL" "$folder/bin/pipeline"
  tool_prints "$folder/share/bash-completion/completions/pipeline" completion bash
  tool_prints "$folder/$zsh/_pipeline" completion zsh
  tool_prints "$folder/share/fish/vendor_completions.d/pipeline.fish" completion fish
  tool_prints "$folder/share/man/man1/pipeline.1" manual
  # The module for units in Python: a project names share/pipeline/python in PYTHONPATH, or copies it.
  install -D -m 644 -t "$folder/share/pipeline/python/pipeline" -- pipeline/*.py
  cp -R -- docs/guide docs/reference "$folder/share/doc/pipeline/"
  chmod -R u=rwX,go=rX -- "$folder"
}

tool_prints() {
  local file=$1
  shift
  mkdir -p -- "$(dirname -- "$file")"
  "$TOOL" "$@" >"$file"
}
