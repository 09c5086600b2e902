# shellcheck shell=bash
# The Docker engine: the one that answers, or one started here.

ENGINE_FOLDER=$PIPELINE_SERVICES/engine
# In /run: sockets must have short paths, and nothing here may outlive a reboot.
ENGINE_RUN=/run/pipeline-engine-$(cksum <<<"$PIPELINE_SERVICES" | cut -d ' ' -f 1)
ENGINE_MARK=--pidfile=$ENGINE_RUN/docker.pid
ENGINE_SOCKET=/var/run/docker.sock
readonly ENGINE_FOLDER ENGINE_RUN ENGINE_MARK ENGINE_SOCKET

engine_answers() { command -v docker >/dev/null && timeout 20 docker info >/dev/null 2>&1; }

# Makes sure that an engine answers; 1 with the reason where none can. May export DOCKER_HOST.
engine_set_up() {
  if engine_answers; then
    detail "a Docker engine answers"
    return 0
  fi
  if [[ -n ${DOCKER_HOST:-} ]]; then
    warn "no Docker engine answers at DOCKER_HOST=$DOCKER_HOST"
    return 1
  fi
  # One that an earlier run started on a socket of its own.
  if service_pid "$ENGINE_FOLDER" "$ENGINE_MARK" >/dev/null && [[ -S $ENGINE_RUN/docker.sock ]] &&
    DOCKER_HOST=unix://$ENGINE_RUN/docker.sock engine_answers; then
    export DOCKER_HOST=unix://$ENGINE_RUN/docker.sock
    detail "the Docker engine at $DOCKER_HOST answers"
    return 0
  fi
  if ! is_root; then
    warn "no Docker engine answers, and only root can start one"
    return 1
  fi
  packages_install docker=docker.io dockerd=docker.io iptables=iptables || return 1
  if [[ -d /run/systemd/system ]]; then
    engine_start_by_systemd
  else
    engine_start
  fi
}

engine_start_by_systemd() {
  say "starting the Docker engine (systemctl start docker)"
  systemctl start docker && engine_answers && return 0
  warn "the Docker engine does not start; see: journalctl -u docker"
  return 1
}

engine_start() {
  local socket=$ENGINE_SOCKET
  # A socket file without a listener is what a dead engine leaves; with one, it is somebody's.
  if [[ -S $socket ]] && curl -s -m 5 --unix-socket "$socket" http://engine/_ping >/dev/null; then
    socket=$ENGINE_RUN/docker.sock
  fi
  say "starting a Docker engine (socket $socket, data in $ENGINE_FOLDER)"
  service_stop "$ENGINE_FOLDER" "$ENGINE_MARK"
  mkdir -p -- "$ENGINE_RUN"
  rm -f -- "$ENGINE_RUN/docker.pid"
  if [[ $socket != "$ENGINE_SOCKET" ]]; then
    export DOCKER_HOST=unix://$socket
  fi
  service_start "$ENGINE_FOLDER" dockerd "$ENGINE_MARK" -H "unix://$socket" \
    --data-root="$ENGINE_FOLDER/data" --exec-root="$ENGINE_RUN/exec"
  if ! service_await "$ENGINE_FOLDER" "$ENGINE_MARK" 60 engine_answers; then
    warn "the Docker engine does not start here; the end of $ENGINE_FOLDER/log:"
    tail -n 3 -- "$ENGINE_FOLDER/log" >&2
    service_stop "$ENGINE_FOLDER" "$ENGINE_MARK"
    unset DOCKER_HOST
    return 1
  fi
  detail "it goes on running; scripts/stop stops it"
}

engine_stop() {
  service_pid "$ENGINE_FOLDER" "$ENGINE_MARK" >/dev/null || return 0
  say "stopping the Docker engine"
  service_stop "$ENGINE_FOLDER" "$ENGINE_MARK"
}
