import pytest

from tests.cast import found_amap


@pytest.fixture
def amap(db):
    return found_amap()
