# shellcheck shell=bash
# This checkout's running site, whichever environment it runs in.

# Containers carry a label with the project's folder; processes (nginx, the preview's site) leave
# their pid files below .pipeline/environments.
site_stop() {
  local container file pid
  if engine_answers; then
    while read -r container; do
      say "stopping container $container"
      docker stop --time 10 "$container" >/dev/null
    done < <(docker ps --filter "label=pipeline.project=$ROOT" --format '{{.Names}}')
  fi
  while read -r file; do
    pid=$(cat -- "$file") || continue
    site_owns "$pid" || continue
    say "stopping process $pid (${file#"$ROOT"/})"
    kill -TERM "$pid" 2>/dev/null || true
  done < <(find "$ROOT/.pipeline/environments" -name '*.pid' 2>/dev/null)
}

# Whether a pid is still a process of this checkout: it works in its folder or names it.
site_owns() {
  [[ $1 =~ ^[0-9]+$ && -d /proc/$1 ]] || return 1
  [[ $(readlink "/proc/$1/cwd" 2>/dev/null) == "$ROOT"* ]] ||
    grep -qzF -- "$ROOT/" "/proc/$1/cmdline" 2>/dev/null
}
