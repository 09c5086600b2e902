# shellcheck shell=bash
# The Swift toolchain: expected to be there, because no Debian package brings it.

swift_require() {
  local wanted found
  wanted=$(sed -n 's,^// swift-tools-version: *,,p' Package.swift)
  command -v swift >/dev/null ||
    die "no \"swift\" in the PATH; install Swift $wanted or newer (https://www.swift.org/install) and run this again"
  found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p')
  [[ $(printf '%s\n' "$wanted" "$found" | sort -V | head -n 1) == "$wanted" ]] ||
    die "Swift $found is too old; install $wanted or newer (https://www.swift.org/install)"
}

# What building the tool needs besides: headers of the system libraries and a linker's helpers.
swift_libraries() {
  packages_install pkg-config=pkg-config || return 1
  packages_install pkg-config:sqlite3=libsqlite3-dev pkg-config:yaml-0.1=libyaml-dev \
    pkg-config:libcrypto=libssl-dev pkg-config:zlib=zlib1g-dev
}
