# shellcheck shell=bash
# Daemons that outlive the script: started in a session of their own, found again by pid file.
# A service's folder holds `pid` and `log`. MARK is one whole argument of its command line that no
# other process has (its configuration file, say): a pid alone may have been given to another.

# Prints the pid of the running service; 1 if it does not run.
service_pid() {
  local folder=$1 mark=$2 pid
  pid=$(cat "$folder/pid" 2>/dev/null) || return 1
  [[ $pid =~ ^[0-9]+$ ]] || return 1
  grep -zqxF -- "$mark" "/proc/$pid/cmdline" 2>/dev/null || return 1
  printf '%s\n' "$pid"
}

# Starts a command as a service. The pid is on disk before the command runs, so that a service is
# never lost when the script is killed here.
service_start() {
  local folder=$1
  shift
  mkdir -p -- "$folder"
  # shellcheck disable=SC2016
  setsid sh -c 'echo $$ >"$0/pid" && exec "$@"' "$folder" "$@" \
    </dev/null >"$folder/log" 2>&1 {SERVICES_LOCK}>&- &
}

# Waits until a command succeeds while the service runs: service_await FOLDER MARK SECONDS COMMAND...
service_await() {
  local folder=$1 mark=$2 limit=$3
  shift 3
  local end=$((SECONDS + limit)) seen=no
  while ! "$@" >/dev/null 2>&1; do
    if service_pid "$folder" "$mark" >/dev/null; then
      seen=yes
    elif [[ $seen == yes ]] || ((SECONDS >= end)); then
      return 1
    fi
    ((SECONDS < end)) || return 1
    sleep 0.1
  done
}

# Stops a service: TERM, up to 30 s, KILL. Succeeds when it does not run.
service_stop() {
  local folder=$1 mark=$2 pid end=$((SECONDS + 30))
  pid=$(service_pid "$folder" "$mark") || {
    rm -f -- "$folder/pid"
    return 0
  }
  kill -TERM "$pid" 2>/dev/null || true
  while service_pid "$folder" "$mark" >/dev/null; do
    if ((SECONDS >= end)); then
      kill -KILL "$pid" 2>/dev/null || true
      break
    fi
    sleep 0.1
  done
  rm -f -- "$folder/pid"
}

# Only one script at a time starts or stops services on this machine.
services_lock() {
  mkdir -p -- "$PIPELINE_SERVICES"
  exec {SERVICES_LOCK}>"$PIPELINE_SERVICES/lock"
  flock -w 300 "$SERVICES_LOCK" ||
    die "another script holds \"$PIPELINE_SERVICES/lock\" for more than five minutes"
}

services_unlock() { exec {SERVICES_LOCK}>&-; }
