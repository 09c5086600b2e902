# shellcheck shell=bash
# A base image made here, from the Debian packages that this machine can reach: for machines that
# cannot pull the public one.

ROOT_SUITE=bookworm # its Python is 3.11, as in the public image
ROOT_PACKAGES=python3,python3-venv,ca-certificates
ROOT_FOLDER=$PIPELINE_SERVICES/base
ROOT_IMAGE=pipeline-root:$ROOT_SUITE
readonly ROOT_SUITE ROOT_PACKAGES ROOT_FOLDER ROOT_IMAGE

# Makes sure that the engine has ROOT_IMAGE.
root_image_set_up() {
  local archive=$ROOT_FOLDER/$ROOT_SUITE.tar
  docker image inspect "$ROOT_IMAGE" >/dev/null 2>&1 && return 0
  [[ -e $archive ]] || root_archive "$archive" || return 1
  say "importing $archive as the image $ROOT_IMAGE"
  docker import --change 'ENV LANG=C.UTF-8' "$archive" "$ROOT_IMAGE" >/dev/null
}

# The address this machine's apt has for the suite.
root_mirror() {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
    awk -v suite="$ROOT_SUITE" '$2 == suite && $3 == "main" && !found { print $1; found = 1 }'
}

root_archive() {
  local archive=$1 mirror partial=$ROOT_FOLDER/partial
  if ! is_root; then
    warn "only root can make a base image (debootstrap)"
    return 1
  fi
  packages_install debootstrap=debootstrap || return 1
  mirror=$(root_mirror)
  if [[ -z $mirror ]]; then
    warn "apt knows no mirror of Debian $ROOT_SUITE to make a base image from"
    return 1
  fi
  say "making a base image with debootstrap: Debian $ROOT_SUITE, $ROOT_PACKAGES (about a minute)"
  rm -rf --one-file-system -- "$partial"
  mkdir -p -- "$partial"
  # In a mount namespace of its own, so that being killed leaves no mounts behind.
  if ! unshare --mount --propagation private debootstrap --variant=minbase \
    --include="$ROOT_PACKAGES" "$ROOT_SUITE" "$partial/root" "$mirror" \
    >"$ROOT_FOLDER/debootstrap.log" 2>&1; then
    warn "debootstrap failed; the end of $ROOT_FOLDER/debootstrap.log:"
    tail -n 3 -- "$ROOT_FOLDER/debootstrap.log" >&2
    return 1
  fi
  # What no container needs: package caches and lists, documentation, other languages.
  rm -rf -- "$partial"/root/var/cache/apt/*.bin "$partial"/root/var/cache/apt/archives/*.deb \
    "$partial"/root/var/lib/apt/lists/* "$partial"/root/usr/share/{doc,man,info,locale} \
    "$partial"/root/var/log/*.log
  ln -s python3 "$partial/root/usr/bin/python"
  tar -C "$partial/root" --one-file-system --numeric-owner -cf "$partial/root.tar" . || return 1
  sync -f "$partial/root.tar"
  mv -- "$partial/root.tar" "$archive"
  rm -rf --one-file-system -- "$partial"
}
