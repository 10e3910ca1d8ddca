"""What `make serve` starts is as strict as Django knows how to ask."""

import os
import subprocess
import sys

from tests.house.sources import ROOT

HOST = {
    "SECRET_KEY": "k7Qw2-long-enough-and-random-enough-for-django-to-be-content-Zx81",
    "SITE_URL": "https://escarcelle.example.org",
    "DEBUG": "0",
    "DJANGO_SETTINGS_MODULE": "escarcelle.config.settings",
}


def check_deploy(data_folder, **changes):
    environment = {**os.environ, **HOST, "DATA_DIR": str(data_folder), **changes}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)


def test_the_settings_of_a_host_pass_every_deployment_check(tmp_path):
    done = check_deploy(tmp_path)

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_without_https_the_checks_object(tmp_path):
    assert check_deploy(tmp_path, SITE_URL="http://escarcelle.example.org").returncode != 0


def mail_settings(data_folder, email_url):
    environment = {**os.environ, **HOST, "DATA_DIR": str(data_folder), "EMAIL_URL": email_url}
    names = "EMAIL_BACKEND EMAIL_HOST EMAIL_PORT EMAIL_HOST_USER EMAIL_HOST_PASSWORD EMAIL_USE_TLS EMAIL_USE_SSL"
    code = f"from escarcelle.config import settings as s; print(*(getattr(s, name) for name in '{names}'.split()))"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=False, capture_output=True, text=True)


def test_mail_leaves_through_the_server_that_is_given(tmp_path):
    done = mail_settings(tmp_path, "smtp+tls://comptes%40exemple.fr:se%3Acret@mail.exemple.fr")

    assert done.stdout.split()[0].endswith(".smtp.EmailBackend")
    assert done.stdout.split()[1:] == ["mail.exemple.fr", "587", "comptes@exemple.fr", "se:cret", "True", "False"]


def test_a_mistyped_mail_server_stops_the_start(tmp_path):
    assert "EMAIL_URL begins with" in mail_settings(tmp_path, "stmp://mail.exemple.fr").stderr
