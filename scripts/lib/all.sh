# shellcheck shell=bash
# Everything of this folder that several scripts need, in the order in which the files need each other.

# shellcheck source=scripts/lib/places.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/places.sh"
for name in say packages service swift tool python nginx engine registry images/root_image images/base_image delivery sftp aws \
  frameworks guide host_environment; do
  # shellcheck source=/dev/null
  . "$LIB/$name.sh"
done
unset name
