# shellcheck shell=bash
# nginx: the front proxy of the local and preview environments.

nginx_set_up() {
  if is_root; then
    packages_install nginx=nginx
  else
    command -v nginx >/dev/null || packages_unpack nginx nginx-common
  fi && nginx -v >/dev/null 2>&1 && return 0
  warn "no nginx, which the site runs behind"
  return 1
}
