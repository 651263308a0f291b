#!/bin/sh
# What `./dev package --try` and `./dev libclang` run in a fresh system.
#
#   package-system.sh build [LIBCLANG]   makes the package of /source: /packages
#   package-system.sh try                installs it, uses it, and removes it
#   package-system.sh libclang [N…]      builds and tests /source with each release of libclang: /libclang.md
set -eu

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# The archives of a system that lies in a mirror for weeks are past their time; their signatures hold.
update() {
  apt-get -o Acquire::Check-Valid-Until=false update -q
}

build_needs="gcc libc6-dev cmake ninja-build pkg-config libsqlite3-dev libjansson-dev libxxhash-dev libyaml-dev libpcre2-dev
  zlib1g-dev libunwind-dev libdw-dev"

build() {
  update
  libclang=${1:-}
  if [ -z "$libclang" ]; then
    for libclang in 19 18 17; do
      apt-cache show "libclang-$libclang-dev" >/dev/null 2>&1 && break
    done
  fi
  # shellcheck disable=SC2086 # a list of words
  apt-get install -q -y --no-install-recommends $build_needs dpkg-dev file cmark-gfm python3 "libclang-$libclang-dev"
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
  update
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

test_libclang() {
  update
  if [ $# = 0 ]; then
    # shellcheck disable=SC2046 # a list of numbers
    set -- $(apt-cache search --names-only '^libclang-[0-9]+-dev$' | sed 's/^libclang-\([0-9]*\)-dev.*/\1/' | sort -n | awk '$1 >= 17')
  fi
  # shellcheck disable=SC2046,SC2086 # lists of words
  apt-get install -q -y --no-install-recommends $build_needs git g++ python3 python3-yaml python3-jsonschema libcmocka-dev \
    libuv1-dev libevent-dev libev-dev liburing-dev libglib2.0-dev libsystemd-dev libwayland-dev libasio-dev libcurl4-openssl-dev \
    libhiredis-dev libpng-dev libpugixml-dev libssl-dev libpq-dev $(printf 'libclang-%s-dev ' "$@")
  failed=
  for release in "$@"; do
    rm -f /build/libclang.log
    cmake -S /source -B /build -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBLOCKSCAN_WERROR=ON -U 'LIBCLANG_*' \
      -D "LIBCLANG_ROOT=/usr/lib/llvm-$release"
    # shellcheck disable=SC2046 # a list of targets
    # Warnings of a newer compiler are seen all at once.
    cmake --build /build --target blockscan $(cmake --build /build --target help | sed -n 's/^\(test_[a-z0-9_]*\): phony$/\1/p') -- -k 0
    /build/blockscan --version
    ctest --test-dir /build -R '^(scan|rules|unit)/' -j "$(nproc)" --output-on-failure --no-tests=error --output-log /build/libclang.log ||
      failed=yes
    # shellcheck source=/dev/null
    printf '| %s | %s | %s |\n' "$(dpkg-query -W -f '${source:Upstream-Version}' "libclang-$release-dev")" \
      "$(. /etc/os-release && echo "$PRETTY_NAME")" "$(sed -n 's/^\(.*tests passed.*\)/\1/p' /build/libclang.log)" >>/libclang.md
  done
  [ -z "$failed" ]
}

job=$1
shift
case $job in
build) build "$@" ;;
try) try ;;
libclang) test_libclang "$@" ;;
*) fail "build, try or libclang?" ;;
esac
