#!/bin/sh
# Installs what tests and the demo need beyond a JDK 25 and Maven. Debian and Ubuntu; run it as root or with sudo.
# May be run again: what is there is left alone. No package's service is started.
set -eu
packages="iproute2 procps util-linux nftables ethtool gcc libc6-dev clang-14 python3 ffmpeg tshark tcpdump man-db mandoc socat frr"
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || { echo "prerequisites.sh: run it as root: it installs packages" >&2; exit 77; }
    exec sudo sh "$0" "$@"
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "prerequisites.sh: no apt-get here; install these by hand: $packages" >&2
    exit 69
fi
missing=''
for package in $packages; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
    echo "prerequisites.sh: everything is there"
    exit 0
fi
# Exit code 101 tells invoke-rc.d that policy forbids to start a service.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
    trap 'exit 130' INT TERM
fi
export DEBIAN_FRONTEND=noninteractive
echo "prerequisites.sh: installing$missing"
install_missing() {
    # shellcheck disable=SC2086
    apt-get install -y -q --no-install-recommends $missing
}
install_missing || { apt-get update -q && install_missing; }
