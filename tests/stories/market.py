"""What the stories of a market have in common, all made through the API."""

import datetime as dt

from django.utils import timezone

from escarcelle.groups.founding import found_group
from escarcelle.groups.members import PersonalDetails, create_member
from escarcelle.groups.models import Group
from tests.api.caller import Caller
from tests.cast import TODAY, signed_in


class Clock:
    """The instant of the server, set by the story."""

    def __init__(self, monkeypatch):
        self.now = at(TODAY, 10)
        monkeypatch.setattr(timezone, "now", lambda: self.now)
        monkeypatch.setattr(timezone, "localdate", lambda value=None, timezone=None: (value or self.now).astimezone(PARIS).date())

    def set(self, day, hour, minute=0, second=0):
        self.now = at(day, hour, minute, second)


PARIS = timezone.get_default_timezone()


def at(day, hour, minute=0, second=0):
    return dt.datetime.combine(day, dt.time(hour, minute, second), tzinfo=PARIS)


class Market:
    """A market with one administrator; clients sign in with keys of their own."""

    def __init__(self, clock, name="Direct Paysans"):
        self.clock = clock
        self.group, self.administrator = found_group(
            name=name, kind=Group.Kind.MARKET, administrator=PersonalDetails("Cloarec", "Corentin"), on=TODAY
        )
        self.api = Caller(self.administrator)
        self.clients, self.products = {}, {}
        self.place_id = self.api.made("/places", {"name": "Halle"})["id"]
        self.catalogue_ids = {}

    def client(self, name):
        """Somebody who orders for themselves, with their own key."""
        if name not in self.clients:
            last, _, first = name.partition(" ")
            member = create_member(group=self.group, details=PersonalDetails(last, first), on=TODAY, by=self.administrator)
            self.clients[name] = Caller(signed_in(member))
        return self.clients[name]

    def product(self, name, price, *, producer="Ferme du Méné", **more):
        """The id of a product, offered in the producer's catalogue."""
        if producer not in self.catalogue_ids:
            producer_id = self.api.made("/producers", {"name": producer})["id"]
            terms = {"starts_on": "2026-01-01", "ends_on": "2027-12-31", "name": f"Catalogue {producer}", "producer_id": producer_id}
            self.catalogue_ids[producer] = self.api.made("/catalogues", terms)["id"]
        body = {"name": name, "price": price, **more}
        self.products[name] = self.api.made(f"/catalogues/{self.catalogue_ids[producer]}/products", body)["id"]
        return self.products[name]

    def ways(self, **ways):
        return self.api.send("PUT", "/ways-to-pay", ways)

    def day(self, on, hour="18:00"):
        """A distribution of every catalogue; orders close at noon."""
        body = {
            "place_id": self.place_id,
            "on": on.isoformat(),
            "starts_at": hour,
            "ends_at": "21:00",
            "catalogue_ids": list(self.catalogue_ids.values()),
            "orders": {"closes_at": at(on, 12).isoformat()},
        }
        return self.api.made("/market-days", body).json

    def try_to_order(self, day, name, quantities, way=None, *, by_admin=False):
        lines = [{"product_id": self.products[product], "quantity": quantity} for product, quantity in quantities.items()]
        body = {"lines": lines, **({"way": way} if way else {})}
        caller = self.client(name)
        if by_admin:
            return self.api.post(f"/distributions/{day['id']}/orders", {**body, "member_id": caller.member.pk})
        return caller.post(f"/distributions/{day['id']}/orders", body)

    def order(self, day, name, quantities, way=None, **more):
        said = self.try_to_order(day, name, quantities, way, **more)
        assert said.status == 201, said
        return said.json

    def basket(self, basket):
        return self.api.get(f"/baskets/{basket['id']}").json

    def balance(self, basket):
        return self.basket(basket)["balance"]

    def receive(self, basket, method, **more):
        """The one promised payment of a basket arrives."""
        [promise] = self.basket(basket)["promised_payments"]
        return self.api.done(f"/promised-payments/{promise['id']}/receive", {"method": method, **more}).json

    def money(self, day):
        return self.api.get(f"/distributions/{day['id']}/money").json
