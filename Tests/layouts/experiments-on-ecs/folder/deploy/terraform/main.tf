locals {
  cluster = "${var.project}-cluster"
}

provider "aws" {
  region = var.region
}

resource "aws_ecs_cluster" "main" {
  name = local.cluster
}

resource "aws_ecs_service" "api" {
  name = "${var.project}-api"
}
