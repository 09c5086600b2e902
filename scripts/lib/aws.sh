# shellcheck shell=bash
# The stand-in for AWS (Tests/aws) and the pinned clients that drive it.

# Makes .venv-aws and installs what the stand-in starts; exports PIPELINE_TEST_AWS_PYTHON.
aws_set_up() {
  packages_install docker-registry=docker-registry setpriv=util-linux unshare=util-linux &&
    python_environment .venv-aws Tests/aws/requirements.txt || return 1
  export PIPELINE_TEST_AWS_PYTHON=$ROOT/.venv-aws/bin/python
}
