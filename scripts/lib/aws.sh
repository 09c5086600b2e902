# shellcheck shell=bash
# The stand-in for AWS (Tests/aws) and the pinned clients that drive it.

# Makes .venv-aws and installs what the stand-in starts; exports PIPELINE_TEST_AWS_PYTHON.
aws_set_up() {
  packages_install docker-registry=docker-registry setpriv=util-linux unshare=util-linux &&
    python_environment .venv-aws Tests/aws/requirements.txt &&
    aws_client Tests/aws/quick/aws.c .venv-aws/quick/aws || return 1
  export PIPELINE_TEST_AWS_PYTHON=$ROOT/.venv-aws/bin/python
}

# Compiles the client of the `aws` that is loaded once: thousands of calls are made, and it starts in a millisecond.
aws_client() {
  local source=$1 client=$2
  [[ $client -nt $source ]] && return 0
  mkdir -p -- "$(dirname -- "$client")" &&
    cc -O2 -Wall -Wextra -Werror -o "$client.new" "$source" && mv -- "$client.new" "$client"
}

# Runs the stand-in's own tests, two modules at a time: most of the time they wait.
aws_tests() {
  # shellcheck disable=SC2016
  printf '%s\n' Tests/aws/test_*.py | PYTHONPATH=$ROOT/Tests/aws xargs -n 1 -P 2 sh -c '
    output=$("$PIPELINE_TEST_AWS_PYTHON" -m unittest discover -s Tests/aws -p "${1##*/}" 2>&1)
    status=$?
    printf "%s\n%s\n" "$1" "$output"
    exit "$status"' module
}
