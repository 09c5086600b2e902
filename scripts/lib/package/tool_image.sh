# shellcheck shell=bash
# A container image whose command is the tool.

TOOL_IMAGE_BASE=debian:bookworm-slim
readonly TOOL_IMAGE_BASE

# tool_image CONTEXT TAG PACKAGES: CONTEXT holds the Debian package, and nothing else.
tool_image() {
  local context=$1 tag=$2 packages=$3 base=$TOOL_IMAGE_BASE
  if docker image inspect "$TOOL_IMAGE_BASE" >/dev/null 2>&1; then
    :
  elif docker image inspect "$ROOT_IMAGE" >/dev/null 2>&1; then
    # Made once because the public one could not be pulled.
    base=$ROOT_IMAGE
  elif ! base_image_pull "$TOOL_IMAGE_BASE"; then
    root_image_set_up || return 1
    base=$ROOT_IMAGE
  fi
  if [[ $base == "$TOOL_IMAGE_BASE" ]]; then
    local digest
    digest=$(base_image_digest "$base")
    base=${digest:-$base}
  fi
  mv -- "$context"/*.deb "$context/pipeline.deb"
  cp -- "$LIB/package/tool.Dockerfile" "$context/Dockerfile"
  say "building the image $tag on $base"
  # Of the host's network: the packages come from where this machine gets its own.
  docker build --quiet --network host --tag "$tag" --build-arg BASE="$base" \
    --build-arg PACKAGES="$packages" "$context" >/dev/null
}
