"""An AMAP with two treasurers at work in two processes, and a clerk who prepares each round and looks at what came out."""

import datetime as dt
from itertools import count

# A few weeks from now, so that nothing is past whenever the test runs.
FIRST = dt.date.today() + dt.timedelta(days=30)
WEEKS = 4


class Table:
    """Two treasurers with an AMAP between them, and somebody who prepares each round and looks at what came out."""

    def __init__(self, clerk, one, two):
        self.clerk, self.one, self.two = clerk, one, two
        self.names = count(1)
        self.round = count(1)
        self.place_id = clerk.made("/places", {"name": "Salle du Bourg"})["id"]
        self.farm = self.producer("Ferme de Groix")
        self.contract_id, self.product_id = self.contract(self.farm["id"], "Légumes")

    def producer(self, name):
        said = self.clerk.made("/producers", {"name": name})
        return {"id": said["id"], "payee_id": said["payee_id"]}

    def contract(self, producer_id, name):
        last = FIRST + dt.timedelta(weeks=WEEKS - 1)
        period = {"starts_on": FIRST.isoformat(), "ends_on": last.isoformat()}
        contract_id = self.clerk.made("/contracts", {"producer_id": producer_id, "name": name, **period})["id"]
        product_id = self.clerk.made(f"/contracts/{contract_id}/products", {"name": "Panier", "price": "13.33"})["id"]
        cycle = {"every": "weekly", "first": period["starts_on"], "last": period["ends_on"]}
        self.clerk.made(
            f"/contracts/{contract_id}/deliveries",
            {"place_id": self.place_id, "starts_at": "17:30", "ends_at": "19:00", "cycle": cycle},
        )
        return contract_id, product_id

    def somebody(self):
        return self.clerk.made("/members", {"last_name": f"Membre{next(self.names)}"})["id"]

    def signing(self, member_id, contract_id=None, **more):
        path = f"/contracts/{contract_id or self.contract_id}/subscriptions"
        product_id = self.product_id if contract_id is None else self.clerk.get(f"/contracts/{contract_id}")["products"][0]["id"]
        return path, {"member_id": member_id, "lines": [{"product_id": product_id, "quantity": 1}], **more}

    def subscription(self, contract_id=None, member_id=None):
        said = self.clerk.made(*self.signing(member_id or self.somebody(), contract_id))
        return said["id"], said["account_id"]

    def at_once(self, first, second, keys=(None, None)):
        """What each of two gets; who is a hair ahead changes every round."""
        asked = [(self.one, first, keys[0]), (self.two, second, keys[1])]
        for sender, (path, body), key in asked if next(self.round) % 2 else reversed(asked):
            sender.send("POST", path, body, key=key)
        both = [self.one.received(), self.two.received()]
        assert all(said.status < 500 for said in both), both
        return both

    def balance(self, account_id):
        return self.clerk.get(f"/accounts/{account_id}")["balance"]

    def read(self, subscription_id):
        return self.clerk.get(f"/subscriptions/{subscription_id}")
