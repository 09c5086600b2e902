#!/bin/sh
mount -t efs fs-01234567:/ ~/efs
