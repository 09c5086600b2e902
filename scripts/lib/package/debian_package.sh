# shellcheck shell=bash
# The Debian package of the tool (deb(5); Debian Policy 4.6).

# The version alone, as the tool tells it.
tool_version() { "$TOOL" --version | cut -d ' ' -f 2; }

# debian_package SCRATCH OUTPUT: makes the package in OUTPUT and sets DEBIAN_PACKAGE to its path.
# Equal sources give equal bytes: all times are that of the last commit.
debian_package() {
  local scratch=$1 output=$2 tree=$1/tree version architecture depends compression=(-Zxz)
  version=$(tool_version)
  architecture=$(dpkg --print-architecture)
  SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y Package.swift)}
  export SOURCE_DATE_EPOCH
  say "packing pipeline $version for $architecture"
  tool_files "$tree/usr" debian
  strip --strip-unneeded -- "$tree/usr/bin/pipeline"
  mkdir -p -- "$tree/DEBIAN" "$tree/usr/share/lintian/overrides" "$output"
  gzip -9n -- "$tree/usr/share/man/man1/pipeline.1"
  debian_overrides >"$tree/usr/share/lintian/overrides/pipeline"
  debian_copyright >"$tree/usr/share/doc/pipeline/copyright"
  debian_changelog "$version" | gzip -9n >"$tree/usr/share/doc/pipeline/changelog.gz"
  debian_maintainer_script >"$tree/DEBIAN/prerm"
  chmod 755 -- "$tree/DEBIAN/prerm"
  depends=$(debian_depends "$scratch") || die "the libraries that the program needs could not be determined"
  debian_control "$version" "$architecture" "$depends" "$(tree_kilobytes "$tree/usr")" \
    >"$tree/DEBIAN/control"
  (cd -- "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
  find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" -- {} +
  DEBIAN_PACKAGE=$output/pipeline_${version}_$architecture.deb
  # To a temporary path, then renamed, so that a package with this name is whole.
  [[ -z $(tool_runtime) ]] || compression=(-Zgzip -z1)
  dpkg-deb --root-owner-group "${compression[@]}" --build "$tree" "$scratch/pipeline.deb" >/dev/null
  cp -- "$scratch/pipeline.deb" "$DEBIAN_PACKAGE.new"
  mv -f -- "$DEBIAN_PACKAGE.new" "$DEBIAN_PACKAGE"
  detail "needs: $(dpkg-deb --field "$DEBIAN_PACKAGE" Depends)"
}

# What the files of a tree hold, each rounded up: what a file system allots differs from time to time.
tree_kilobytes() { find "$1" -type f -printf '%s\n' | awk '{ all += int(($1 + 1023) / 1024) } END { print all }'; }

# The folder of Swift's own libraries, where the program needs them; nothing for one that does not.
tool_runtime() { ldd "$TOOL" | sed -n 's,.* => \(/.*\)/libswiftCore\.so .*,\1,p'; }

# The libraries that the program is linked with, by the packages of this machine's Debian.
debian_depends() {
  local scratch=$1 runtime options=()
  mkdir -p -- "$scratch/debian"
  printf 'Source: pipeline\n\nPackage: pipeline\nArchitecture: any\n' >"$scratch/debian/control"
  runtime=$(tool_runtime)
  if [[ -n $runtime ]]; then
    warn "this program needs Swift's libraries in $runtime, which no package brings: it is for trying only"
    options=("-l$runtime" --ignore-missing-info)
  fi
  (cd -- "$scratch" && dpkg-shlibdeps -O "${options[@]}" "$TOOL" 2>"$scratch/shlibdeps.log") |
    sed -n 's/^shlibs:Depends=//p' || {
    tail -n 5 -- "$scratch/shlibdeps.log" >&2
    return 1
  }
}

debian_control() {
  cat <<END
Package: pipeline
Version: $1
Architecture: $2
Maintainer: pipeline maintainers <pipeline@localhost.localdomain>
Installed-Size: $4
Depends: $3
Recommends: ca-certificates, curl, docker.io, git, nginx-light | nginx, openssh-client, python3 (>= 3.9)
Suggests: awscli, graphviz, man-db, slurm-client, squashfs-tools
Section: science
Priority: optional
Description: deployments of data-backed sites, verified and reversible
 It takes a data-backed web site from raw results to a running deployment: it
 compiles what changed, builds and pushes the image, brings the data to where
 the site runs, and switches over once the new release passes its health
 checks. It resumes where it was killed, and brings back any earlier release,
 code and data together.
END
}

debian_copyright() {
  cat <<END
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: pipeline

Files: *
Copyright: $(date --utc --date="@$SOURCE_DATE_EPOCH" +%Y) the authors of pipeline
License: Apache-2.0
Comment: The program holds parts of Swift's runtime and standard library,
 Copyright Apple Inc. and the Swift project authors, under the Apache License,
 version 2.0, with Runtime Library Exception.

Files: usr/bin/pipeline
Copyright: 2014-2022 Chart.js Contributors
License: Expat
Comment: The page of reports holds Chart.js 3.9.1.

License: Apache-2.0
 On Debian systems the text of this licence is in
 /usr/share/common-licenses/Apache-2.0.

License: Expat
$(sed -n '/^Permission is hereby granted/,$p' Sources/Features/Report/CReportAssets/vendor/README.md | sed 's/^$/./; s/^/ /')
END
}

# The package is made by the one who has the sources: there is no address to write to.
debian_overrides() {
  cat <<'END'
pipeline: bogus-mail-host Maintainer *
pipeline: bogus-mail-host-in-debian-changelog *
END
}

debian_changelog() {
  cat <<END
pipeline ($1) unstable; urgency=medium

  * Made from the sources$(git log -1 --format=' at commit %h' 2>/dev/null).

 -- pipeline maintainers <pipeline@localhost.localdomain>  $(LC_ALL=C date --utc --date="@$SOURCE_DATE_EPOCH" '+%a, %d %b %Y %H:%M:%S +0000')
END
}

# Python leaves what it compiled beside the module when root imports it.
debian_maintainer_script() {
  cat <<'END'
#!/bin/sh
set -e
rm -rf /usr/share/pipeline/python/pipeline/__pycache__
END
}
