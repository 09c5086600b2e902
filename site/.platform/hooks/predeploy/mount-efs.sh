#!/bin/bash
# Mount the EFS file system that holds the data, before the container starts.
#
# Reads EFS_FILE_SYSTEM_ID and EFS_MOUNT_DIR from the environment properties. Does nothing when the
# file system is mounted already. Every failure ends the deployment with a line that says what to do.
set -euo pipefail

fail() {
  echo "mount-efs: $*" >&2
  exit 1
}

# Hooks run without the environment properties; Beanstalk hands them out through this tool.
property() {
  local value
  value=${!1:-}
  if [[ -z $value && -x /opt/elasticbeanstalk/bin/get-config ]]; then
    value=$(/opt/elasticbeanstalk/bin/get-config environment -k "$1" 2>/dev/null || true)
  fi
  printf '%s' "$value"
}

file_system=$(property EFS_FILE_SYSTEM_ID)
mount_dir=$(property EFS_MOUNT_DIR)

[[ $file_system =~ ^fs-[0-9a-f]{8,40}$ ]] ||
  fail "EFS_FILE_SYSTEM_ID is \"$file_system\", not a file system; set it as an environment property"
[[ $mount_dir == /?* ]] ||
  fail "EFS_MOUNT_DIR is \"$mount_dir\", not an absolute path; set it in .ebextensions/env_var.config"

if mountpoint -q "$mount_dir"; then
  echo "mount-efs: \"$mount_dir\" is mounted already"
else
  if ! command -v mount.efs >/dev/null; then
    yum install -y amazon-efs-utils ||
      fail "amazon-efs-utils cannot be installed; does the instance reach the package repository?"
  fi
  mkdir -p "$mount_dir" || fail "the folder \"$mount_dir\" cannot be made"
  mount -t efs -o tls "$file_system:/" "$mount_dir" ||
    fail "$file_system cannot be mounted; does its security group admit port 2049 from this instance?"
  mountpoint -q "$mount_dir" || fail "\"$mount_dir\" is no mount point after mounting $file_system"
fi

probe=$mount_dir/.mount-efs.$$
{ : >"$probe" && rm -f "$probe"; } ||
  fail "\"$mount_dir\" cannot be written; does the instance role hold AmazonElasticFileSystemClientFullAccess?"

[[ -d $mount_dir/data ]] || echo "mount-efs: \"$mount_dir/data\" does not exist yet; sync the data first" >&2
echo "mount-efs: $file_system is mounted on \"$mount_dir\""
