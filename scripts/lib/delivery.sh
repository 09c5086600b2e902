# shellcheck shell=bash
# What delivering an image needs: an engine, a registry and a base image.

# 1, after the reason, where this machine cannot have them. Exports PIPELINE_BASE_IMAGE,
# PIPELINE_REGISTRY and, for an engine on a socket of its own, DOCKER_HOST.
delivery_set_up() {
  local status=0
  say "looking for a Docker engine, a registry and a base image"
  services_lock
  { engine_set_up && registry_set_up && base_image_set_up; } || status=1
  services_unlock
  return "$status"
}
