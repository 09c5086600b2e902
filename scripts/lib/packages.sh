# shellcheck shell=bash
# Debian packages: installs what is missing and nothing else.

# Prints the packages of "CHECK=PACKAGE" arguments whose CHECK fails. A check is a command's name,
# pkg-config:MODULE, python:MODULE (of the system's Python) or file:PATH. Checking for the thing
# itself, not for the package, leaves alone what came another way.
packages_missing() {
  local pair check package
  for pair in "$@"; do
    check=${pair%%=*} package=${pair#*=}
    case $check in
      pkg-config:*) pkg-config --exists "${check#*:}" 2>/dev/null && continue ;;
      python:*) /usr/bin/python3 -c "import ${check#*:}" 2>/dev/null && continue ;;
      file:*) [[ -e ${check#*:} ]] && continue ;;
      *) command -v "$check" >/dev/null && continue ;;
    esac
    printf '%s\n' "$package"
  done | sort -u
}

# Installs the missing ones of "CHECK=PACKAGE" arguments. Returns 1, with a message that names what
# is missing, where that cannot be done: the caller knows whether one can go on.
packages_install() {
  local -a missing
  mapfile -t missing < <(packages_missing "$@")
  ((${#missing[@]})) || return 0
  if ! command -v apt-get >/dev/null; then
    warn "missing: ${missing[*]} (Debian package names), and there is no apt-get to install them"
    return 1
  fi
  if ! is_root; then
    warn "missing: ${missing[*]}; without root this must be done by you:" \
      "sudo apt-get install --no-install-recommends ${missing[*]}"
    return 1
  fi
  say "installing Debian packages: ${missing[*]}"
  apt_quietly update || warn "apt-get update failed; trying with the lists at hand"
  without_starting_services \
    apt_quietly install --no-install-recommends "${missing[@]}" || {
    warn "apt-get could not install: ${missing[*]}"
    return 1
  }
  mapfile -t missing < <(packages_missing "$@")
  ((${#missing[@]} == 0)) || {
    warn "still missing after their installation: ${missing[*]}"
    return 1
  }
}

# Unpacks packages below .pipeline/tools, which is in the PATH: for a program without root.
packages_unpack() {
  local scratch
  command -v apt-get >/dev/null && command -v dpkg >/dev/null || return 1
  say "unpacking Debian packages into .pipeline/tools: $*"
  scratch=$(mktemp -d)
  (
    cd -- "$scratch" && apt-get -qq download "$@" &&
      mkdir -p "$ROOT/.pipeline/tools" &&
      find . -name '*.deb' -exec dpkg -x {} "$ROOT/.pipeline/tools" \;
  )
  local status=$?
  rm -rf -- "$scratch"
  return "$status"
}

# apt-get without questions; its output is shown only when it fails.
apt_quietly() {
  local log status=0
  log=$(mktemp)
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=120 "$@" \
    </dev/null >"$log" 2>&1 || status=$?
  ((status == 0)) || tail -n 20 "$log" >&2
  rm -f -- "$log"
  return "$status"
}

# Runs a command while packages may not start their services: an nginx or a registry on a public
# address is not what was asked for. The Docker engine may start where systemd looks after it.
# policy-rc.d is Debian's switch for this (invoke-rc.d(8)); a machine's own one is left alone.
without_starting_services() {
  local policy=/usr/sbin/policy-rc.d mark='# made by pipeline, and removed after it' status=0
  # One of ours that is still there comes from a run that was killed.
  if [[ -e $policy ]] && ! grep -qF "$mark" "$policy"; then
    "$@"
    return
  fi
  cat >"$policy" <<END
#!/bin/sh
$mark
case \$1 in docker|containerd) [ -d /run/systemd/system ] && exit 0 ;; esac
exit 101
END
  chmod 755 "$policy"
  "$@" || status=$?
  rm -f -- "$policy"
  if [[ -d /run/systemd/system ]]; then
    # Nor at the next boot.
    systemctl disable --quiet nginx docker-registry 2>/dev/null || true
  fi
  return "$status"
}
