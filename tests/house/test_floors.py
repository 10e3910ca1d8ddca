"""Keys between tables, like imports, may skip floors but never climb. import-linter cannot see a key written as a string."""

import pytest
from django.apps import apps
from django.db.models import ForeignKey

from tests.house.sources import PACKAGE, floors

HEIGHT = {package: height for height, row in enumerate(reversed(floors())) for package in row}
OUR_MODELS = [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("escarcelle.")]


def climbs(from_package, to_package):
    return from_package != to_package and HEIGHT[to_package] >= HEIGHT[from_package]


def package_of(model):
    return model.__module__.split(".")[1]


def test_every_package_has_its_floor():
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}

    assert packages <= HEIGHT.keys()


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_keys_go_down(model):
    keys = [field for field in model._meta.get_fields() if isinstance(field, ForeignKey)]
    ours = [field for field in keys if field.related_model.__module__.startswith("escarcelle.")]

    assert not [field.name for field in ours if climbs(package_of(model), package_of(field.related_model))]


@pytest.mark.parametrize(("below", "above"), [("ledger", "people"), ("people", "ledger"), ("groups", "payments"), ("ledger", "groups")])
def test_a_climb_would_be_seen(below, above):
    assert climbs(below, above)
    assert not climbs("payments", below)
    assert not climbs(below, below)
