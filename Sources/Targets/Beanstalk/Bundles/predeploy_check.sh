# Written by the tool that deployed this version. Keeps the site from starting on data that is not its own:
# the slot's marker must name the data manifest that this version was made for, no filling may be going on,
# and pickles, which are code, must be the manifest's. Beanstalk then stays with the version that runs.
set -u
export LC_ALL=C
unset CDPATH

tell() {
  printf 'pipeline: %s\n' "$2" >&2
  if [ -n "$engine_log" ] && [ -w "$engine_log" ]; then
    printf '%s [%s] pipeline: %s\n' "$(date '+%Y/%m/%d %H:%M:%S.%6N')" "$1" "$2" >>"$engine_log"
  fi
}

refuse() {
  tell ERROR "release $release is not started: $1"
  exit 1
}

# A mount whose server does not answer would hold the hook for ever.
bounded() { timeout -s KILL 30 "$@"; }

marker=$slot/.pipeline-release.json
token=$slot/.pipeline-filling

refuse_while_filling() {
  if bounded test -e "$token"; then
    refuse "the slot \"$slot\" is being filled; deploy again when the sync has ended, or sync again if it was broken off"
  fi
}

# Hooks run in the order of their names, so the file system should be there; mounting may still go on.
deadline=$((SECONDS + patience))
told=no
until bounded test -f "$marker"; do
  refuse_while_filling
  if [ "$SECONDS" -ge "$deadline" ]; then
    if bounded test -d "$slot"; then
      refuse "the slot \"$slot\" has no marker, so what it holds is not known; sync the data and deploy again"
    fi
    refuse "the folder \"$slot\" is not there; is the file system mounted by a hook that comes before this one?"
  fi
  if [ "$told" = no ]; then
    tell INFO "waiting up to $patience s for \"$marker\""
    told=yes
  fi
  sleep 1
done

text=$(bounded cat "$marker") || refuse "the marker \"$marker\" cannot be read"
# After reading: a filling writes its token before it removes the marker.
refuse_while_filling

if command -v python3 >/dev/null 2>&1; then
  found=$(printf '%s' "$text" | python3 -I -c '
import json, re, sys
value = json.loads(sys.stdin.buffer.read().decode("utf-8"))["manifest"]
if not re.fullmatch("[0-9a-f]{64}", value):
    sys.exit(1)
print(value)
' 2>/dev/null) || found=
else
  # As the tool writes it: one key a line, indented by two blanks, between lonely braces.
  found=
  case $text in
    '{'*'}') found=$(printf '%s\n' "$text" |
      sed -n 's/^  "manifest" \{0,1\}: "\([0-9a-f]\{64\}\)",\{0,1\}$/\1/p') ;;
  esac
fi
case $found in
  '' | *[!0-9a-f]*) refuse "the marker \"$marker\" is damaged; sync the data and deploy again" ;;
esac
if [ "$found" != "$manifest" ]; then
  refuse "the slot \"$slot\" holds the data manifest $found, and this release needs $manifest; sync the data and deploy again"
fi

if [ -n "$list" ]; then
  # This file lies three folders below the top of the bundle, wherever Beanstalk has unpacked it.
  top=$(cd -P -- "$(dirname -- "$0")/../../.." && pwd) || refuse "the folder of the bundle is not found"
  sum=$(sha256sum <"$top/$list" 2>/dev/null | cut -c 1-64)
  [ "$sum" = "$list_digest" ] || refuse "the list \"$top/$list\" of digests is missing or damaged; deploy again"
  cd -P -- "$slot" || refuse "the slot \"$slot\" cannot be entered"
  if [ -s "$top/$list" ]; then
    report=$(sha256sum --check --strict --quiet "$top/$list" 2>&1) ||
      refuse "files of the slot \"$slot\" are not those of the manifest ($(printf '%s' "$report" | head -n 3 | tr -c '[:print:]' ' ')); sync the data with verification and deploy again"
  fi
  # One letter for each pickle there is: regular files only, and no more than the manifest has.
  kinds=$(find . \( -name '*.pkl' -o -name '*.pickle' \) ! -type d -printf '%y') ||
    refuse "the slot \"$slot\" cannot be searched for pickles"
  case $kinds in *[!f]*) refuse "a pickle in the slot \"$slot\" is a link or a special file; remove it and sync the data" ;; esac
  [ "${#kinds}" -eq "$pickles" ] ||
    refuse "the slot \"$slot\" holds ${#kinds} pickles, and the manifest has $pickles; remove what is not of the manifest and sync the data"
fi

tell INFO "release $release: the slot \"$slot\" holds the data manifest $manifest"
