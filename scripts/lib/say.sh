# shellcheck shell=bash
# What the scripts tell their reader: each step before it is done, in one form.

say() { printf '==> %s\n' "$*"; }

# A line of detail below a step.
detail() { printf '    %s\n' "$*"; }

# Something did not work, and the script goes on.
warn() { printf 'warning: %s\n' "$*" >&2; }

# Something did not work, and the script cannot go on.
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}
