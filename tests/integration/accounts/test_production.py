"""Production settings: clean by Django's own deployment check, and refused, by name, when something is missing or left over."""

import base64
import os
import subprocess
import sys

import pytest

from diversion.settings.env import BASE_DIR


def key(byte: bytes) -> str:
    return base64.b64encode(byte * 32).decode()


SOUND = {
    "DJANGO_SETTINGS_MODULE": "diversion.settings.production",
    "DIVERSION_SECRET_KEY": "Zq8vX2pL5mN7rT9wY1aC3eG6hJ4kB0dF-sU_oI.xQzWvErTyUiOp",
    "DIVERSION_ALLOWED_HOSTS": "bookings.example.org",
    "DIVERSION_SITE_URL": "https://bookings.example.org",
    "DIVERSION_FIELD_KEYS": "k1:" + key(b"a"),
    "DIVERSION_INDEX_KEY": key(b"b"),
    "DATABASE_URL": "postgresql://diversion_app:x@localhost:5432/diversion",
    "DATABASE_OWNER_URL": "postgresql://diversion_owner:x@localhost:5432/diversion",
    "REDIS_URL": "redis://localhost:6379/0",
    "DIVERSION_EMAIL_HOST": "mail.example.org",
    "STRIPE_SECRET_KEY": "sk_live_made_up",
    "STRIPE_WEBHOOK_SECRET": "whsec_made_up",
}


def run(program: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Run a program under production settings in a process of its own."""
    given = {name: value for name, value in {**SOUND, **changes}.items() if value is not None}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", program], env={**kept, **given}, cwd=BASE_DIR, capture_output=True, text=True, check=False
    )


CHECK = "from django.core.management import execute_from_command_line as run; run(['manage.py', 'check', '--deploy', '--fail-level', 'DEBUG'])"


def test_the_deployment_check_is_clean():
    done = run(CHECK)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize("name", sorted(set(SOUND) - {"DJANGO_SETTINGS_MODULE", "DIVERSION_SITE_URL"}))
def test_a_missing_value_is_refused_by_name(name):
    done = run(CHECK, **{name: None})
    assert done.returncode != 0
    assert f"{name} must be set in production" in done.stderr


@pytest.mark.parametrize(("name", "value"), [("DIVERSION_DEMO", "1"), ("STRIPE_API_BASE", "http://127.0.0.1:8001")])
def test_what_belongs_to_the_demo_is_refused_by_name(name, value):
    done = run(CHECK, **{name: value})
    assert done.returncode != 0
    assert f"{name} must not be set in production" in done.stderr


def test_an_address_without_tls_is_refused():
    done = run(CHECK, DIVERSION_SITE_URL="http://bookings.example.org")
    assert done.returncode != 0
    assert "DIVERSION_SITE_URL" in done.stderr


LOOK = """
import django; django.setup()
from django.conf import settings as s
s.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # none are collected here
from django.test import Client
from django.urls import get_resolver
page = Client(HTTP_HOST="bookings.example.org").get("/account/login/", secure=True)
for name, cookie in page.cookies.items():
    print("cookie", name, bool(cookie["secure"]), bool(cookie["httponly"]), cookie["samesite"], cookie["path"], repr(cookie["domain"]))
print("session", s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE)
print("hsts", page.headers["Strict-Transport-Security"])
print("plain", Client(HTTP_HOST="bookings.example.org").get("/account/login/").status_code)
print("demo", any("demo" in str(entry.pattern) for entry in get_resolver().url_patterns), b"Try it as" in page.content)
"""


def test_cookies_and_transport():
    done = run(LOOK)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert "cookie __Host-csrf True True Lax / ''" in said
    assert "session __Host-session True True Lax" in said
    assert "hsts max-age=31536000; includeSubDomains; preload" in said
    assert "plain 301" in said
    assert "demo False False" in said
