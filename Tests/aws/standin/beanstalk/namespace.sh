#!/bin/sh
# Runs a command as on an instance: with a file system mounted where the instance has it. This runs
# in a mount namespace of its own, so that nothing of it is seen outside and all of it ends with it.
# usage: unshare --mount --propagation private namespace.sh ROOT FILESYSTEM MOUNT_POINT CWD COMMAND...
set -eu
root=$1 filesystem=$2 mount_point=$3 directory=$4
shift 4
# A root folder that shows the machine's own, without writing to it.
mount -t tmpfs none "$root"
first=${mount_point#/}
first=${first%%/*}
for entry in /*; do
  name=${entry#/}
  if [ "$name" = "$first" ]; then
    continue
  elif [ -L "$entry" ]; then
    cp -P "$entry" "$root/$name"
  elif [ -d "$entry" ]; then
    mkdir "$root/$name"
    mount --rbind "$entry" "$root/$name"
  fi
done
mkdir -p "$root$mount_point"
mount --bind "$filesystem" "$root$mount_point"
# shellcheck disable=SC2016
exec chroot "$root" /bin/sh -c 'cd "$0" && exec "$@"' "$directory" "$@"
