# shellcheck shell=bash
# What the tests of SFTP need: OpenSSH's server, and as root an account that is kept in a chroot.

PIPELINE_SFTP_USER=pipeline-sftp

# Installs the SFTP servers of other makes, and exports PIPELINE_TEST_SFTP_PYTHON; prints nothing. What could not be
# installed is named in PIPELINE_TEST_SFTP_WITHOUT; 1 where not even Python's environment could be made.
sftp_servers_set_up() {
  local without=()
  python_environment .venv-sftp Tests/TestServers/sftp/requirements.txt || return 1
  packages_install proftpd=proftpd-core file:/usr/lib/proftpd/mod_sftp.so=proftpd-mod-crypto || without+=(proftpd)
  packages_install dropbear=dropbear-bin || without+=(dropbear)
  packages_install rclone=rclone || without+=(rclone)
  packages_install go=golang-go file:/usr/share/gocode/src/github.com/pkg/sftp=golang-github-pkg-sftp-dev ||
    without+=(go)
  is_root || without+=(chroot dropbear)
  export PIPELINE_TEST_SFTP_PYTHON=$ROOT/.venv-sftp/bin/python PIPELINE_TEST_SFTP_WITHOUT="${without[*]}"
}

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
