# One image for web, worker and beat. The front proxy that ends TLS is yours.
FROM python:3.12-slim AS build
WORKDIR /service
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock .
# The lock names the whole tree, so --no-deps; only wheels with a known hash, so nothing is compiled.
RUN python -m venv /venv && /venv/bin/pip install --require-hashes --no-deps --only-binary :all: -r requirements.lock
COPY . .
# Through django itself: manage.py would bring up the embedded servers of a developer's machine.
RUN DJANGO_SETTINGS_MODULE=diversion.settings.development /venv/bin/python -m django collectstatic --noinput

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin service
COPY --from=build /venv /venv
COPY --from=build --chown=root:root /service /service
WORKDIR /service
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=diversion.settings.production
USER 10001
EXPOSE 8000
# The service answers only to its own host name, and over plain HTTP only behind a proxy that ended TLS.
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s CMD ["python", "-c", "import os, urllib.request as u; \
host = os.environ['DIVERSION_ALLOWED_HOSTS'].split(',')[0]; \
u.urlopen(u.Request('http://127.0.0.1:8000/health/', headers={'Host': host, 'X-Forwarded-Proto': 'https'}), timeout=8)"]
CMD ["gunicorn", "diversion.wsgi", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", \
     "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4"]
