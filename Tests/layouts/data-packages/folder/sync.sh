#!/bin/sh
aws s3 sync s3://bucket-name/path . --region eu-west-1
