ARG BASE=python:3.13-slim

FROM ${BASE} AS build
WORKDIR /build
COPY requirements.txt ./
# Wheels only: what needs a compiler fails here, and none is ever in the image.
RUN python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --no-cache-dir --no-compile \
        --disable-pip-version-check --only-binary :all: --require-hashes -r requirements.txt
WORKDIR /app
COPY app.py LICENSE ./
COPY components components
COPY docs docs
COPY jobs jobs
COPY models models
COPY static static
COPY views views
# The root may be read-only, so bytecode is made now; by hash, as builders change times of files.
RUN python -m compileall -q --invalidation-mode unchecked-hash /app /venv/lib

FROM ${BASE}
# Nothing is installed from here on, so what could do that is left out.
RUN rm -rf /usr/local/bin/pip* /usr/local/lib/python3*/ensurepip \
        /usr/local/lib/python3*/site-packages/pip* \
    && groupadd --gid 1000 vqs \
    && useradd --uid 1000 --gid 1000 --no-create-home --home-dir /data --shell /usr/sbin/nologin vqs \
    && install -d -o 1000 -g 1000 -m 700 /data /secret
COPY --from=build /venv /venv
COPY --from=build /app /app
# It is the place of the secret that is named here, not the secret.
# hadolint ignore=DL3064
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    VQS_HOST=0.0.0.0 \
    VQS_DATA_DIR=/data \
    VQS_SECRET_FILE=/secret/master.key
WORKDIR /app
USER 1000:1000
VOLUME ["/data", "/secret"]
EXPOSE 7337
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-m", "jobs.probe"]
CMD ["python", "app.py"]
# Last, because each build has its own: only these lines are made anew by another revision.
ARG VERSION=""
ARG REVISION=""
ARG SOURCE=""
ARG BASE_NAME=""
ARG BASE_DIGEST=""
LABEL org.opencontainers.image.title="Vibe-Quality-Searcharr" \
    org.opencontainers.image.description="Small, polite, scheduled searches on Sonarr and Radarr." \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.source="${SOURCE}" \
    org.opencontainers.image.base.name="${BASE_NAME}" \
    org.opencontainers.image.base.digest="${BASE_DIGEST}"
