import pytest

from tests.journeys.serving import serving


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The address of a server started for the journeys, with the demo groups in it."""
    with serving(tmp_path_factory.mktemp("data")) as served:
        yield served.url
