#!/bin/sh
# What `./dev package --try` runs in a fresh system.
#
#   package-system.sh build [LIBCLANG]   makes the package of /source: /packages
#   package-system.sh try                installs it, uses it, and removes it
set -eu

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

build() {
  apt-get update -q
  libclang=${1:-}
  if [ -z "$libclang" ]; then
    for libclang in 19 18 17; do
      apt-cache show "libclang-$libclang-dev" >/dev/null 2>&1 && break
    done
  fi
  apt-get install -q -y --no-install-recommends gcc libc6-dev cmake ninja-build pkg-config dpkg-dev file cmark-gfm python3 "libclang-$libclang-dev" \
    libsqlite3-dev libjansson-dev libxxhash-dev libyaml-dev libpcre2-dev zlib1g-dev libunwind-dev libdw-dev
  cmake -S /source -B /build -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBUILD_TESTING=OFF -DBLOCKSCAN_WERROR=ON
  cmake --build /build
  (cd /build && cpack -B /packages)
  rm -rf /packages/_CPack_Packages
  # The name that the GitHub action and the GitLab component ask a release for.
  # shellcheck source=/dev/null
  . /etc/os-release
  for package in /packages/*.deb; do
    mv "$package" "${package%_amd64.deb}_$ID${VERSION_ID:-$VERSION_CODENAME}_amd64.deb"
  done
}

# What lies on the disk, without what every installation of a package leaves behind.
list_files() {
  find / -xdev \( -path /proc -o -path /dev -o -path /packages -o -path /tmp -o -path /var/cache -o -path /var/lib/apt \
    -o -path /var/lib/dpkg -o -path /var/log -o -path /root \) -prune -o -print | sort
}

try() {
  apt-get update -q
  list_files >/tmp/before
  packages_before=$(dpkg-query -W -f '${Package}\n' | sort)
  apt-get install -q -y --no-install-recommends /packages/*.deb
  blockscan --version

  # As a user of the system: a scan with findings, a recording.
  useradd -m somebody
  mkdir /home/somebody/work
  cat >/home/somebody/work/main.c <<'END'
#include <stddef.h> /* the compiler's own: it comes with the package; those of the C library come with what a program is built with */
unsigned sleep(unsigned seconds);
typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *timer, void (*callback)(uv_timer_t *), unsigned long timeout, unsigned long repeat);
static void on_timer(uv_timer_t *timer) { if (timer != NULL) sleep(1); }
void start(uv_timer_t *timer) { uv_timer_start(timer, on_timer, 1, 0); }
END
  echo '[{"directory": ".", "file": "main.c", "arguments": ["cc", "-c", "main.c"]}]' >/home/somebody/work/compile_commands.json
  chown -R somebody: /home/somebody
  code=0
  su somebody -c 'cd ~/work && blockscan -q' >/tmp/report || code=$?
  cat /tmp/report
  [ "$code" = 1 ] || fail "the scan's exit code is $code, not 1"
  grep -q '^main.c:5:.*error: sleep() .*\[sleep.sleep\]$' /tmp/report || fail "no finding"
  su somebody -c 'cd ~/work && blockscan record -o stalls.db -- /bin/true' >/tmp/record 2>&1 || { cat /tmp/record; fail "the recorder"; }
  [ -s /usr/share/man/man1/blockscan.1.gz ] || [ ! -d /usr/share/man/man1 ] || [ -e /etc/dpkg/dpkg.cfg.d/excludes ] || fail "no manual page"
  blockscan explain fsync | grep -q disk.fsync || fail "it does not know its rules"
  userdel -r somebody 2>/dev/null

  apt-get purge -q -y blockscan
  apt-get autoremove -q -y --purge
  list_files >/tmp/after
  left=$(comm -13 /tmp/before /tmp/after | grep -i blockscan || true)
  [ -z "$left" ] || fail "left behind: $left"
  packages_after=$(dpkg-query -W -f '${Package}\n' | sort)
  [ "$packages_before" = "$packages_after" ] || fail "packages are left behind"
  comm -13 /tmp/before /tmp/after | sed 's/^/left by other packages: /'
  # shellcheck source=/dev/null
  echo "blockscan was installed, used and removed in $(. /etc/os-release && echo "$PRETTY_NAME")"
}

job=$1
shift
case $job in
build) build "$@" ;;
try) try ;;
*) fail "build or try?" ;;
esac
