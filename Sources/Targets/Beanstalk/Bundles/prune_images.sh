# Written by the tool that deployed this version. Removes images of the site that no release needs here any
# more: each deployment pulls one, and a full disk makes the next fail. Nothing that goes wrong here matters
# to the site that has just started, so this never fails.
set -u
trap 'exit 0' EXIT

bounded() { timeout -s KILL 120 "$@"; }

command -v docker >/dev/null 2>&1 || exit 0

# Layers that no name leads to: what Beanstalk built for earlier versions.
bounded docker image prune --force >/dev/null 2>&1

bounded docker image ls --no-trunc --digests --format '{{.Repository}}@{{.Digest}}' "$repository" 2>/dev/null |
  sort -u |
  while IFS= read -r image; do
    case $image in "$repository"@sha256:*) ;; *) continue ;; esac
    case " $retained " in *" $image "*) continue ;; esac
    # Without force: an image that a container uses stays.
    if bounded docker image rm "$image" >/dev/null 2>&1 </dev/null; then
      echo "pipeline: removed $image"
    else
      echo "pipeline: $image is in use and stays"
    fi
  done
