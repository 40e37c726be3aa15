#!/bin/sh
# The steps by which the Dockerfile makes an image, for it and for the test of it: image.sh STEP DIR
#
#   wheel          build this project as a wheel into DIR
#   web | worker   make the virtual environment DIR with exactly what requirements/STEP.lock names
#   program        install the wheel from dist/ into DIR
#
# DIR gets neither pip nor build tools: the pip of the Python outside installs into it.
set -eu
cd "$(dirname "$0")/.."
step=${1:?name a step: wheel, web, worker or program} target=${2:?name the folder that it fills}
python=${PYTHON:-python3}

pip_for() {
    environment=$1 command=$2
    shift 2
    "$python" -m pip --python "$environment/bin/python" "$command" --quiet --disable-pip-version-check --no-deps "$@"
}

make_environment() {
    "$python" -m venv --without-pip "$1"
    pip_for "$1" install --require-hashes --only-binary :all: --requirement "$2"
}

case $step in
wheel)
    tools=$(mktemp -d)
    trap 'rm -rf "$tools"' EXIT
    make_environment "$tools" requirements/build.lock
    pip_for "$tools" wheel --no-build-isolation --wheel-dir "$target" .
    ;;
web | worker)
    make_environment "$target" "requirements/$step.lock"
    ;;
program)
    pip_for "$target" install --no-index dist/triage-*.whl
    ;;
*)
    echo "image.sh knows the steps wheel, web, worker and program, not $step" >&2
    exit 2
    ;;
esac
