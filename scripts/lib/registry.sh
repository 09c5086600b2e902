# shellcheck shell=bash
# A registry on this machine's loopback address, which Docker trusts without TLS.

REGISTRY_PORT=${PIPELINE_REGISTRY_PORT:-5000}
REGISTRY_FOLDER=$PIPELINE_SERVICES/registry-$REGISTRY_PORT
REGISTRY_MARK=$REGISTRY_FOLDER/config.yml
readonly REGISTRY_PORT REGISTRY_FOLDER REGISTRY_MARK

# The base endpoint of the distribution API: 200, or 401 where one must log in.
registry_answers() {
  local header
  header=$(curl -sS -m 5 -o /dev/null -D - "http://127.0.0.1:$REGISTRY_PORT/v2/" 2>/dev/null) &&
    grep -qi '^docker-distribution-api-version: registry/2' <<<"$header"
}

registry_set_up() {
  export PIPELINE_REGISTRY=127.0.0.1:$REGISTRY_PORT
  if registry_answers; then
    detail "a registry answers at $PIPELINE_REGISTRY"
    return 0
  fi
  if (exec 3<>"/dev/tcp/127.0.0.1/$REGISTRY_PORT") 2>/dev/null; then
    warn "port $REGISTRY_PORT is in use by something that is no registry;" \
      "set PIPELINE_REGISTRY_PORT to another one"
    return 1
  fi
  packages_install docker-registry=docker-registry || return 1
  say "starting a registry at $PIPELINE_REGISTRY (data in $REGISTRY_FOLDER)"
  mkdir -p -- "$REGISTRY_FOLDER"
  registry_configuration >"$REGISTRY_MARK"
  service_start "$REGISTRY_FOLDER" docker-registry serve "$REGISTRY_MARK"
  if ! service_await "$REGISTRY_FOLDER" "$REGISTRY_MARK" 30 registry_answers; then
    warn "the registry does not start; the end of $REGISTRY_FOLDER/log:"
    tail -n 3 -- "$REGISTRY_FOLDER/log" >&2
    return 1
  fi
  detail "it goes on running; scripts/stop stops it"
}

registry_configuration() {
  cat <<END
version: 0.1
log: { level: warn }
storage:
  filesystem: { rootdirectory: "$REGISTRY_FOLDER/data" }
  delete: { enabled: true }
http: { addr: "127.0.0.1:$REGISTRY_PORT" }
END
}

registry_stop() {
  service_pid "$REGISTRY_FOLDER" "$REGISTRY_MARK" >/dev/null || return 0
  say "stopping the registry at 127.0.0.1:$REGISTRY_PORT"
  service_stop "$REGISTRY_FOLDER" "$REGISTRY_MARK"
}
