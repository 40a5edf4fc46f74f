# syntax=docker/dockerfile:1
# Everything is built in the first stage; the second has Python, the installed packages and the sample articles.

FROM python:3.11-slim AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/onrecord
# The dependencies first: they change seldom and are most of the build.
COPY pyproject.toml constraints.txt ./
ARG EXTRAS=""
RUN /opt/onrecord/bin/python -c "import os, tomllib; project = tomllib.load(open('pyproject.toml', 'rb'))['project']; print(*project['dependencies'], *(one for extra in os.environ['EXTRAS'].split() for one in project['optional-dependencies'][extra]), sep='\n')" > requirements.txt \
    && /opt/onrecord/bin/pip install --constraint constraints.txt --requirement requirements.txt
COPY README.md LICENSE ./
COPY bot bot
COPY prompts prompts
COPY retrieval retrieval
RUN /opt/onrecord/bin/pip install --no-deps --constraint constraints.txt . \
    && /opt/onrecord/bin/python -m compileall -q /opt/onrecord/lib

FROM python:3.11-slim
RUN groupadd --gid 10001 onrecord \
    && useradd --uid 10001 --gid onrecord --no-create-home --home-dir /data --shell /usr/sbin/nologin onrecord \
    && install --directory --owner=onrecord --group=onrecord --mode=0750 /data
COPY --from=build /opt/onrecord /opt/onrecord
COPY articles /articles
# The root file system may be read-only: all that is written is below /data and /tmp.
ENV PATH=/opt/onrecord/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    ONRECORD_DATA=/data ONRECORD_ARTICLES=/articles
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
# The first start indexes what is in /articles.
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import http.client as h, sys; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["onrecord"]
CMD ["serve", "--host", "0.0.0.0"]
