# shellcheck shell=bash
# What set-up found out about this machine, kept for commands typed later: .pipeline/host.env,
# lines of NAME=VALUE.

HOST_ENVIRONMENT=.pipeline/host.env
readonly HOST_ENVIRONMENT

host_environment_write() {
  local name
  mkdir -p .pipeline
  for name in PIPELINE_BASE_IMAGE PIPELINE_REGISTRY DOCKER_HOST; do
    if [[ -n ${!name:-} ]]; then
      printf '%s=%s\n' "$name" "${!name}"
    fi
  done >"$HOST_ENVIRONMENT.new"
  mv -- "$HOST_ENVIRONMENT.new" "$HOST_ENVIRONMENT"
}
