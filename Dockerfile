# Two images of one program: `web` has no TensorFlow (API, pages, schedule, poller, command line), `worker` has it.
#
#     docker build --target web .        docker build --target worker .
#
# What installs is in scripts/image.sh, where it is tested; docker-compose.yml says how both are run and watched.

FROM python:3.12-slim-bookworm AS base
# Nothing is written but below /tmp, /run/triage and /var/lib/triage, whoever the user is.
ENV PATH=/opt/triage/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    TRIAGE_DATA_DIR=/var/lib/triage \
    TRIAGE_RUN_DIR=/run/triage
# A volume takes its owner from the folder that it is mounted on.
RUN groupadd --gid 10001 triage \
    && useradd --uid 10001 --gid triage --no-create-home --home-dir /tmp --shell /usr/sbin/nologin triage \
    && install --directory --owner triage --group triage --mode 700 /var/lib/triage /run/triage
WORKDIR /tmp
STOPSIGNAL SIGTERM

FROM python:3.12-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY scripts/image.sh scripts/image.sh
COPY requirements/web.lock requirements/worker.lock requirements/build.lock requirements/

FROM build AS wheel
COPY pyproject.toml README.md LICENSE ./
COPY triage triage
COPY workers workers
COPY training training
COPY migrations migrations
RUN sh scripts/image.sh wheel dist

# Packages before the program: they change seldom, so their layer is kept.
FROM build AS build-web
RUN sh scripts/image.sh web /opt/triage
COPY --from=wheel /build/dist dist
RUN sh scripts/image.sh program /opt/triage

FROM build AS build-worker
RUN sh scripts/image.sh worker /opt/triage
COPY --from=wheel /build/dist dist
RUN sh scripts/image.sh program /opt/triage

FROM base AS worker
LABEL org.opencontainers.image.title="triage-worker" \
      org.opencontainers.image.description="Reads incoming email with a small TensorFlow model" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="0.1.0"
COPY --from=build-worker /opt/triage /opt/triage
USER 10001:10001
CMD ["triage", "worker", "text"]

FROM base AS web
LABEL org.opencontainers.image.title="triage-web" \
      org.opencontainers.image.description="Takes in email, and shows the most pressing first" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="0.1.0"
COPY --from=build-web /opt/triage /opt/triage
USER 10001:10001
EXPOSE 8025
CMD ["triage", "serve"]
