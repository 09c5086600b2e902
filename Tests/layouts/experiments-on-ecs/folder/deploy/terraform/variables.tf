variable "region" {
  type    = string
  default = "us-west-1"
}

variable "project" {
  default = "detector"
}
