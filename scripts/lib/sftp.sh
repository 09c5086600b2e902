# shellcheck shell=bash
# What the tests of SFTP need: OpenSSH's server, and as root an account that is kept in a chroot.

PIPELINE_SFTP_USER=pipeline-sftp

# Installs the server's programs, without starting one; prints nothing. The account is for tests only:
# it has no password, no shell and no home.
sftp_set_up() {
  packages_install /usr/sbin/sshd=openssh-server file:/usr/lib/openssh/sftp-server=openssh-sftp-server ||
    return 1
  is_root || return 0
  id -u "$PIPELINE_SFTP_USER" >/dev/null 2>&1 ||
    useradd --system --no-create-home --home-dir / --shell /usr/sbin/nologin --password '*' \
      "$PIPELINE_SFTP_USER"
}
