#!/bin/sh
# Installs the named Debian packages that are missing, without starting a service that they bring:
# the tests start their own servers. Who may not install packages is told what is missing and the
# program goes on, since each test says itself what it cannot run without.
set -eu

missing=
for package in "$@"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Missing system packages:$missing"
    echo "Please type: sudo apt-get install$missing"
    echo "Until then the tests that need them are skipped, each with its reason."
    exit 0
fi

# Debian's way to say that nothing is to be started; only ours is taken away again.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

echo "Installing system packages:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086  # one word for each package
apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 $missing >/dev/null
