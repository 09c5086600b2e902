# shellcheck shell=bash
# The image that site/Dockerfile builds on: the public one where it can be pulled, else one made
# here; with this machine's certificates and pip settings where it has any, so that the pip inside
# a build reaches what the pip outside reaches.

# Exports PIPELINE_BASE_IMAGE: the build's BASE argument, or empty for the Dockerfile's default.
base_image_set_up() {
  local public base key context
  public=$(sed -n 's/^ARG BASE=//p' site/Dockerfile | head -n 1)
  if docker image inspect "$public" >/dev/null 2>&1; then
    base=$public
  elif docker image inspect "$ROOT_IMAGE" >/dev/null 2>&1; then
    # Not asked again each time; `docker image rm` of it makes the next run ask.
    base=$ROOT_IMAGE
  elif base_image_pull "$public"; then
    base=$public
  else
    root_image_set_up || return 1
    base=$ROOT_IMAGE
  fi
  if [[ $base == "$public" ]] && ! base_image_settings_matter; then
    PIPELINE_BASE_IMAGE=$(base_image_digest "$public")
    export PIPELINE_BASE_IMAGE
    detail "the base image is ${PIPELINE_BASE_IMAGE:-$public}"
    return 0
  fi
  context=$(mktemp -d)
  base_image_context "$context" "$base" || return 1
  # The name changes with the content, so that the image stage sees a change.
  key=$(cat "$context"/* <(docker image inspect --format '{{.Id}}' "$base") | sha256sum)
  export PIPELINE_BASE_IMAGE=pipeline-base:${key:0:12}
  if ! docker image inspect "$PIPELINE_BASE_IMAGE" >/dev/null 2>&1; then
    say "adding this machine's certificates and pip settings to $base: $PIPELINE_BASE_IMAGE"
    docker build --quiet --tag "$PIPELINE_BASE_IMAGE" "$context" \
      >/dev/null 2>"$ROOT_FOLDER/build.log" || {
      tail -n 5 -- "$ROOT_FOLDER/build.log" >&2
      rm -rf -- "$context"
      return 1
    }
  fi
  rm -rf -- "$context"
  detail "the base image is $PIPELINE_BASE_IMAGE"
}

# Prints an image of this machine by its digest at its registry, which a tag that moves does not change; nothing for one
# that came from no registry.
base_image_digest() {
  docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$1" 2>/dev/null | sed -n '1p'
}

base_image_pull() {
  say "pulling the base image $1 (up to two minutes)"
  timeout 120 docker pull --quiet "$1" >/dev/null 2>&1 && return 0
  detail "it cannot be pulled here; one is made instead"
  return 1
}

# Whether this machine reaches package registries in a way of its own.
base_image_settings_matter() {
  [[ -n ${PIP_CERT:-}${SSL_CERT_FILE:-}${REQUESTS_CA_BUNDLE:-} ]] ||
    .venv/bin/python -m pip config list | grep -qE '^[^=]*\.(cert|index-url|extra-index-url|proxy)='
}

base_image_context() {
  local context=$1 base=$2
  local bundle=${PIP_CERT:-${SSL_CERT_FILE:-${REQUESTS_CA_BUNDLE:-/etc/ssl/certs/ca-certificates.crt}}}
  mkdir -p -- "$ROOT_FOLDER"
  cp -- "$bundle" "$context/ca-certificates.crt" &&
    .venv/bin/python -m pip config list | .venv/bin/python "$LIB/images/pip_settings.py" "$context/pip.conf" &&
    cat >"$context/Dockerfile" <<END
FROM $base
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY pip.conf /etc/pip.conf
END
}
