# shellcheck shell=bash
# Streamlit and Datasette, for the tests of sites that do not know this tool: in a Python environment, and in one image.

FRAMEWORKS_REQUIREMENTS=Tests/frameworks/requirements.txt
readonly FRAMEWORKS_REQUIREMENTS

# Exports PIPELINE_TEST_FRAMEWORKS_PYTHON.
frameworks_set_up() {
  python_environment .venv-frameworks "$FRAMEWORKS_REQUIREMENTS" || return 1
  export PIPELINE_TEST_FRAMEWORKS_PYTHON=$ROOT/.venv-frameworks/bin/python
}

# Exports PIPELINE_TEST_FRAMEWORKS_IMAGE: the base image with the packages of the environment, but for their own tests.
frameworks_image_set_up() {
  local image packages
  packages=$(cd .venv-frameworks/lib/python3.11/site-packages && pwd) || return 1
  image=pipeline-frameworks:$(cat "$FRAMEWORKS_REQUIREMENTS" "$LIB/frameworks.sh" \
    <(docker image inspect --format '{{.Id}}' "${PIPELINE_BASE_IMAGE:-python:3.11-slim-bookworm}") | sha256sum | cut -c 1-12)
  export PIPELINE_TEST_FRAMEWORKS_IMAGE=$image
  docker image inspect "$image" >/dev/null 2>&1 && return 0
  say "making the image of the frameworks: $image"
  {
    printf 'FROM %s\nADD packages.tar /opt/site-packages\nENV PYTHONPATH=/opt/site-packages\n' \
      "${PIPELINE_BASE_IMAGE:-python:3.11-slim-bookworm}" >"$packages/../Dockerfile" &&
      tar -C "$packages" -cf "$packages/../packages.tar" --exclude='*/tests' --exclude='pip*' --exclude='setuptools*' \
        --exclude='pyarrow/include' --exclude='__pycache__' . &&
      tar -C "$packages/.." -c Dockerfile packages.tar | docker build --quiet --tag "$image" - >/dev/null
  } || {
    rm -f -- "$packages/../Dockerfile" "$packages/../packages.tar"
    return 1
  }
  rm -f -- "$packages/../Dockerfile" "$packages/../packages.tar"
}
