"""The servers of AWS Transfer Family: OpenSSH's sshd, with an SFTP session of our own behind it."""
