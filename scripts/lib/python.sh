# shellcheck shell=bash
# Python environments made from a requirements file with hashes.

# Prints the Python to make environments with: 3.11, as in the image; Debian's own one first.
python_interpreter() {
  local candidate
  for candidate in /usr/bin/python3.11 python3.11 /usr/bin/python3 python3; do
    if "$candidate" -c 'import sys, ensurepip; assert sys.version_info[:2] == (3, 11)' 2>/dev/null; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

# python_environment FOLDER REQUIREMENTS: makes the environment unless it is the one that these
# requirements ask for. A Python environment cannot be built at a temporary path and renamed (its scripts hold
# its path), so the stamp is written last: without it, or with another, the folder starts afresh.
python_environment() {
  local folder=$1 requirements=$2 python stamp
  stamp=$(sha256sum <"$requirements" | cut -d ' ' -f 1)
  if [[ $(cat "$folder/requirements.sha256" 2>/dev/null) == "$stamp" && -x $folder/bin/python ]] &&
    "$folder/bin/python" -c '' 2>/dev/null; then
    detail "the Python environment $folder is as $requirements says"
    return 0
  fi
  if ! python=$(python_interpreter); then
    packages_install python3.11=python3 python:ensurepip=python3-venv || return 1
    python=$(python_interpreter) || {
      warn "no Python 3.11 with its venv module; the requirements are pinned for it"
      return 1
    }
  fi
  say "making the Python environment $folder from $requirements ($python)"
  rm -rf -- "$folder"
  if ! { "$python" -m venv "$folder" &&
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
      --require-hashes --only-binary :all: --requirement "$requirements"; }; then
    warn "the Python environment \"$folder\" could not be made; run this again to start it afresh"
    return 1
  fi
  # On the disk before the stamp that vouches for it.
  sync -f "$folder"
  printf '%s\n' "$stamp" >"$folder/requirements.sha256.new"
  mv -- "$folder/requirements.sha256.new" "$folder/requirements.sha256"
}

# Lets `python3` be the interpreter itself for what is started from here: that of a version manager is a script that runs a
# dozen programs to find it, each time.
python_direct() {
  local folder
  folder=$(python3 -c 'import os, sys; print(os.path.dirname(os.path.realpath(sys.executable)))') || return 0
  case ":$PATH:" in
    *":$folder:"*) ;;
    *) export PATH=$folder:$PATH ;;
  esac
}
