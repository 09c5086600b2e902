#!/bin/bash
mountpoint -q "$EFS_MOUNT_DIR" || mount -t efs -o tls "$EFS_FILE_SYSTEM_ID":/ "$EFS_MOUNT_DIR"
