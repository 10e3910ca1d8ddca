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
