import os

import chromium
import pytest
from django.db import connection
from hypothesis import HealthCheck, settings

from tests import strict_templates
from tests.cast import found_amap
from tests.market_cast import found_market

# No deadline: a slow machine is not a wrong result. In CI the same examples each time: a red build can be run again at home.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("house"), derandomize=True, print_blob=True)
IS_CI = os.environ.get("CI") == "true"
settings.load_profile("ci" if IS_CI else "house")


def pytest_collection_modifyitems(config, items):
    """Leave out, rather than skip, what concerns the other database: a skip then always means that something is missing."""
    other = "sqlite_only" if connection.vendor == "postgresql" else "postgresql_only"
    left_out = [item for item in items if item.get_closest_marker(other)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """In CI nothing is skipped in silence."""
    report = yield
    if IS_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
    return report


@pytest.fixture(autouse=True, scope="session")
def _wrong_names_fail():
    with pytest.MonkeyPatch.context() as monkeypatch:
        strict_templates.install(monkeypatch)
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    # Playwright's synchronous API runs a loop in this thread, where Django would refuse its own queries.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    return {
        **browser_type_launch_args,
        "executable_path": chromium.executable(),
        "args": [*quiet, "--disable-sync", "--disable-dev-shm-usage"],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "fr-FR", "timezone_id": "Europe/Paris"}


@pytest.fixture
def amap(db):
    return found_amap()


@pytest.fixture
def market():
    return found_market()
