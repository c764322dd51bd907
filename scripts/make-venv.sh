#!/bin/sh
# Makes the virtual environment .venv, with the first Python of at least 3.11 that is found.
# Debian keeps the part that makes environments in a package of its own: as root it is installed
# here, anyone else is told the line to type.
set -eu

fits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

python=
for candidate in ${PYTHON:-python3 python3.11 python3.12 python3.13 python3.14}; do
    if fits "$candidate"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Moothall needs Python 3.11 or newer. Name one with: make setup PYTHON=/path/to/python3" >&2
    exit 1
fi

if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        "$(dirname "$0")/system-packages.sh" "$package"
    else
        echo "Python's venv module is missing. Please type: sudo apt-get install $package" >&2
        exit 1
    fi
fi

"$python" -m venv --clear .venv
