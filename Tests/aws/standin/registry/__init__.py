"""The registry behind both ECRs: Debian's docker-registry, with ECR's rules in front of it."""
