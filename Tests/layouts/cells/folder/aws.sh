#!/usr/bin/env sh
aws ecr-public get-login-password --region us-east-1 | docker login --username AWS --password-stdin public.ecr.aws/d6q7u0s0
docker build --compress --rm -t ct-site .
docker tag ct-site:latest public.ecr.aws/d6q7u0s0/ct-site:latest
docker push public.ecr.aws/d6q7u0s0/ct-site:latest
eb deploy --timeout 30
