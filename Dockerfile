# One image for all that compose.yaml runs: the Prefect server, the worker, the site.
#
# The base is pinned by its tag. Before you give the image to others, add the digest that your
# registry says (`docker buildx imagetools inspect python:3.11.14-slim-bookworm`), as TAG@sha256:….
FROM python:3.11.14-slim-bookworm AS made
WORKDIR /grapevine
ENV PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1 UV_LINK_MODE=copy
COPY requirements-build.lock requirements.lock ./
# What installs and builds stays behind in this stage.
RUN python -m venv /opt/build && \
    /opt/build/bin/python -m pip install --quiet --disable-pip-version-check \
        --require-hashes -r requirements-build.lock
RUN python -m venv --without-pip .venv && \
    /opt/build/bin/uv pip install --quiet --python .venv/bin/python --compile-bytecode \
        --require-hashes -r requirements.lock
COPY . .
# Editable, because prefect.yaml and the models lie beside the code.
RUN /opt/build/bin/uv pip install --quiet --python .venv/bin/python --no-deps \
        --build-constraints requirements-build.lock --require-build-hashes --editable . && \
    .venv/bin/python -m compileall -q classifiers dashboards delivery flows simulation warehouse

FROM python:3.11.14-slim-bookworm
# The only folder of the image that is written to; all else may be mounted read-only, but /tmp.
RUN install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=made /grapevine /grapevine
ENV PATH=/grapevine/.venv/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp USER=grapevine PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    GRAPEVINE_HOME=/data PREFECT_HOME=/data/prefect DO_NOT_TRACK=1 \
    PREFECT_SERVER_ANALYTICS_ENABLED=false PREFECT_SERVER_UI_STATIC_DIRECTORY=/tmp/page
WORKDIR /data
VOLUME /data
USER 10001:10001
EXPOSE 8000
# Any answer will do: a week that is late (/healthz says 503) is no reason to restart the site.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["python", "-c", "from http.client import HTTPConnection; site = HTTPConnection('127.0.0.1', 8000, timeout=5); site.request('GET', '/'); site.getresponse()"]
CMD ["grapevine", "serve", "--host", "0.0.0.0"]
