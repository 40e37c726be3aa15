#!/bin/sh
# Resolves the dependencies of pyproject.toml anew, for every Python and platform we support, with digests.
set -eu
uv=$1/bin/uv
compile() {
    "$uv" pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}
# What each kind of process needs, the larger sets on top of the smaller: web, worker, everything for development, and
# the peers that benchmarks compare with.
compile --extra telemetry --output-file requirements/web.lock
compile --extra telemetry --extra model --extra report --constraint requirements/web.lock --output-file requirements/worker.lock
compile --extra telemetry --extra model --extra report --extra embedded --group dev --constraint requirements/worker.lock --output-file requirements/dev.lock
compile --extra telemetry --extra model --extra report --extra embedded --group dev --group bench --constraint requirements/dev.lock \
    --output-file requirements/bench.lock
compile --extra telemetry --extra model --extra report --extra embedded --group dev --group fuzz --constraint requirements/dev.lock \
    --output-file requirements/fuzz.lock
# What builds the wheel in docker images, of the same versions as here.
"$uv" pip compile requirements/build.in --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --no-annotate --no-emit-index-url --no-emit-find-links --constraint requirements/dev.lock \
    --output-file requirements/build.lock
# SetFit's environment has PyTorch's CPU build, which lies where PIP_FIND_LINKS says.
"$uv" pip compile requirements/setfit.in --quiet --python-version 3.11 --generate-hashes --no-header --no-annotate \
    --no-emit-index-url --no-emit-find-links --find-links "${PIP_FIND_LINKS:-.}" --output-file requirements/setfit.lock
