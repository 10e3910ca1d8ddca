"""What the stories have in common: producers, contracts, members and subscriptions, all made through the API."""

import datetime as dt

from tests.cast import SEASON_START


class Season:
    def __init__(self, caller, group):
        self.api = caller
        self.group = group
        self.producers = {}
        self.members = {}
        self.place_id = caller.made("/places", {"name": "Salle du Bourg"})["id"]

    def member(self, name):
        """The id of a member, created the first time."""
        if name not in self.members:
            last, _, first = name.partition(" ")
            self.members[name] = self.api.made("/members", {"last_name": last, "first_name": first})["id"]
        return self.members[name]

    def producer(self, name="Ferme de Groix"):
        if name not in self.producers:
            self.producers[name] = self.api.made("/producers", {"name": name}).json
        return self.producers[name]

    def contract(self, name, prices, *, weeks, producer="Ferme de Groix", starts_on=SEASON_START, **terms):
        """A weekly contract of so many distributions; `prices` by product name. Gives it as the API reads it."""
        last = starts_on + dt.timedelta(weeks=weeks - 1)
        period = {"starts_on": starts_on.isoformat(), "ends_on": last.isoformat()}
        body = {"producer_id": self.producer(producer)["id"], "name": name, **period, **terms}
        contract_id = self.api.made("/contracts", body)["id"]
        for product, price in prices.items():
            self.api.made(f"/contracts/{contract_id}/products", {"name": product, "price": price})
        self.plan(contract_id, "weekly", starts_on, last)
        return self.api.get(f"/contracts/{contract_id}").json

    def plan(self, contract_id, every, first, last):
        """The days planned by a cycle."""
        cycle = {"every": every, "first": first.isoformat(), "last": last.isoformat()}
        body = {"place_id": self.place_id, "starts_at": "17:30", "ends_at": "19:00", "cycle": cycle}
        return [delivery["on"] for delivery in self.api.made(f"/contracts/{contract_id}/deliveries", body)["added"]]

    def signing(self, contract, name, quantities=None, **more):
        """What is sent to engage somebody; one of the first product unless told otherwise."""
        ids = {product["name"]: product["id"] for product in contract["products"]}
        wanted = quantities or {contract["products"][0]["name"]: 1}
        lines = [{"product_id": ids[product], "quantity": quantity} for product, quantity in wanted.items()]
        return {"member_id": self.member(name), "lines": lines, **more}

    def try_to_sign(self, contract, name, quantities=None, **more):
        return self.api.post(f"/contracts/{contract['id']}/subscriptions", self.signing(contract, name, quantities, **more))

    def sign(self, contract, name, quantities=None, **more):
        said = self.try_to_sign(contract, name, quantities, **more)
        assert said.status == 201, said
        return said.json

    def pay(self, subscription, amount, method="cheque", **more):
        body = {"amount": amount, "method": method, **more}
        return self.api.made(f"/accounts/{subscription['account_id']}/payments", body).json

    def balance(self, subscription):
        return self.api.get(f"/subscriptions/{subscription['id']}")["balance"]

    def page(self, contract, **asked):
        """« Souscriptions »: the figures of the contract and its rows."""
        said = self.api.get(f"/contracts/{contract['id']}/subscriptions", limit=200, **asked)
        return said["figures"], said["items"]

    def days(self, contract):
        return self.api.every(f"/contracts/{contract['id']}/deliveries")
