#!/bin/bash
find /mnt/s3fs/overlay -type f | while read f; do ln -sf "$f" "${f#/mnt/s3fs/overlay}"; done
