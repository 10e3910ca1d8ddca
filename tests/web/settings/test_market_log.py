"""What the log says of a market day: who did what, with the basket, the product and the amount."""

from uuid import uuid4

from django.urls import reverse

from escarcelle.catalogs.catalogues import CatalogueTerms, ProductTerms, change_catalogue, change_product
from escarcelle.distributions.market_days import Window, change_windows
from escarcelle.orders.ordering import drop_line
from escarcelle.payments.models import Method
from escarcelle.payments.promises import Named, cancel_promise, receive
from escarcelle.payments.refunds import cancel_refund, refund
from escarcelle.payments.ways import switch_payments_off
from escarcelle.tills.day import Counted, count_till, undo_count
from escarcelle.validation.baskets import validate_basket
from escarcelle.validation.cancelling import cancel_market_day
from escarcelle.validation.exceptions import add_on_the_spot, change_price, set_undelivered, share_out_shortage, weigh
from escarcelle.validation.forcing import force
from escarcelle.validation.reopening import reopen_basket, reopen_distribution
from escarcelle.validation.shortages import Rule
from tests.cast import TODAY
from tests.market_cast import MARKET_DAY, at
from tests.web.pages import MOST_STATEMENTS, browser, statements

EVENING = at(MARKET_DAY, 18)
IBAN = "FR7630006000011234567890189"


def url(market):
    return reverse("web:activity", args=[market.group.slug])


def told(market, count):
    """The last sentences of the log, the oldest first, but those about who joins."""
    rows = browser(market.admin).get(url(market)).context["rows"]
    kept = [row.what for row in rows if not row.what.startswith(("a ajouté ADAM", "a ajouté BLANC", "s’est connecté"))]
    return [what.replace("\u00a0", " ").replace("\u202f", " ") for what in reversed(kept[:count])]


def test_orders_and_ways_to_pay(market):
    market.offer(cash=True, cheque=True, transfer=True, transfer_holder="Direct Paysans", transfer_iban=IBAN)
    basket = market.order("ADAM Pécine", {market.bread: 2, market.eggs: 1}, way="transfer")
    market.order("ADAM Pécine", {market.eggs: 0})
    drop_line(line=basket.lines.get(product=market.eggs), by=market.admin)
    market.offer(money_pot=True, negative_money_pot=True)
    switch_payments_off(group=market.group, by=market.admin)

    assert told(market, 6) == [
        "a choisi les moyens de paiement du groupe : chèque, espèces, virement.",
        "a enregistré la commande du panier n° 1 d’ADAM Pécine du 05/09/2026 : +8,80 € à payer.",
        "a enregistré la commande du panier n° 1 d’ADAM Pécine du 05/09/2026 : −3,20 € à payer.",
        "a retiré du panier n° 1 d’ADAM Pécine du 05/09/2026 la ligne à zéro d’Œufs, les six (Légumes et volailles).",
        "a choisi les moyens de paiement du groupe : cagnotte, cagnotte qui peut être négative.",
        "a désactivé les paiements : les commandes s’enregistrent seules.",
    ]


def test_what_went_otherwise_on_the_day(market):
    market.offer(cash=True, cheque=True)
    basket = market.order("ADAM Pécine", {market.bread: 2, market.chicken: 1, market.eggs: 1}, way="on_the_spot")
    by = {"at": EVENING, "by": market.admin}
    weigh(line=basket.lines.get(product=market.chicken), grams=1652, **by)
    set_undelivered(line=basket.lines.get(product=market.eggs), count=1, **by)
    add_on_the_spot(basket=basket, product=market.courgettes, quantity=1, **by)
    change_price(distribution=market.day, product=market.bread, price_cents=300, **by)
    share_out_shortage(distribution=market.day, product=market.bread, delivered=1, rule=Rule.PROPORTIONAL, **by)

    assert told(market, 5) == [
        "a pesé Poulet fermier (Légumes et volailles), 1,652 kg, panier n° 1 d’ADAM Pécine du 05/09/2026 : −1,76 € à payer.",
        "a noté 1 × Œufs, les six (Légumes et volailles) non livré(s), panier n° 1 d’ADAM Pécine du 05/09/2026 : −3,20 € à payer.",
        "a ajouté sur place 1 × Courgettes, le filet (Légumes et volailles), panier n° 1 d’ADAM Pécine du 05/09/2026 : +3,50 € à payer.",
        "a fixé le prix de Pain de campagne (Pains) à 3,00 € pour la distribution du 05/09/2026 (Halle de Port-Tudy) : "
        "1 panier(s), +0,40 € à payer.",
        "a réparti ce qui manque de Pain de campagne (Pains), distribution du 05/09/2026 (Halle de Port-Tudy) : "
        "1 panier(s), −3,00 € à payer.",
    ]


def test_payments_refunds_and_validation_of_a_basket(market):
    market.offer(cash=True, cheque=True)
    basket = market.order("ADAM Pécine", {market.bread: 2}, way="on_the_spot")
    receive(promise=basket.promised_payments.get(), named=Named(Method.CASH, MARKET_DAY, 600), by=market.admin, today=MARKET_DAY)
    account = market.account("ADAM Pécine")
    given = refund(account=account, method=Method.CASH, amount_cents=40, on=MARKET_DAY, today=MARKET_DAY, by=market.admin, basket=basket)
    cancel_refund(refund=given, reason="il le laisse", on=MARKET_DAY, by=market.admin)
    validate_basket(basket=basket, at=EVENING, by=market.admin, leaving="credit")
    reopen_basket(basket=basket, reason="erreur de ligne", at=EVENING, by=market.admin)
    other = market.order("BLANC Alphée", {market.bread: 1}, way="on_the_spot")
    cancel_promise(promise=other.promised_payments.get(), reason="", by=market.admin)

    assert [what for what in told(market, 7) if "enregistré" not in what] == [
        "a noté comme reçu le paiement promis de 6,00 €, panier n° 1 d’ADAM Pécine du 05/09/2026.",
        "a rendu 0,40 € à ADAM Pécine.",
        "a annulé le remboursement de 0,40 € à ADAM Pécine.",
        "a validé le panier n° 1 d’ADAM Pécine du 05/09/2026 : 0,40 € d’avoir.",
        "a rouvert le panier n° 1 d’ADAM Pécine du 05/09/2026, motif : « erreur de ligne ».",
        "a noté comme abandonné le paiement promis de 2,80 €, panier n° 2 de BLANC Alphée du 05/09/2026.",
    ]


def test_a_whole_distribution_and_its_till(market):
    market.offer(cash=True, cheque=True)
    market.order("ADAM Pécine", {market.bread: 2}, way="on_the_spot")
    market.order("BLANC Alphée", {market.bread: 1}, by=market.admin)
    force(distribution=market.day, method="cash", at=EVENING, by=market.admin)
    reopen_distribution(distribution=market.day, reason="mauvais moyen", at=EVENING, by=market.admin)
    force(distribution=market.day, method="cash", at=EVENING, by=market.admin)
    count = count_till(distribution=market.day, counted=Counted(8000, 8500, 8000, comment="?"), on=MARKET_DAY, by=market.admin)
    undo_count(count=count, reason="billet retrouvé", on=MARKET_DAY, by=market.admin)

    assert told(market, 5) == [
        "a validé d’un coup la distribution du 05/09/2026 (Halle de Port-Tudy) : 2 paniers, 5,60 € reçus, 2,80 € de dette.",
        "a rouvert la distribution du 05/09/2026 (Halle de Port-Tudy), 2 panier(s), motif : « mauvais moyen ».",
        "a validé d’un coup la distribution du 05/09/2026 (Halle de Port-Tudy) : 2 paniers, 5,60 € reçus, 2,80 € de dette.",
        "a compté la caisse de la distribution du 05/09/2026 (Halle de Port-Tudy) : écart −0,60 €, 5,00 € à la banque.",
        "a rouvert la caisse de la distribution du 05/09/2026 (Halle de Port-Tudy), motif : « billet retrouvé ».",
    ]


def test_catalogues_and_days(market):
    terms = CatalogueTerms("Pains et brioches", market.bakery.starts_on, market.bakery.ends_on)
    change_catalogue(catalogue=market.bakery, terms=terms, by=market.admin)
    change_product(product=market.bread, terms=ProductTerms("Pain de campagne", 300), on=TODAY, by=market.admin)
    change_windows(distribution=market.day, window=Window(at(MARKET_DAY, 9)), exceptions={}, by=market.admin)
    cancel_market_day(distribution=market.day, reason="tempête", at=at(TODAY, 10), by=market.admin)

    assert told(market, 7) == [
        "a proposé Poulet fermier (Légumes et volailles) à 11,90 €.",
        "a proposé Pommes de terre (Légumes et volailles) à 2,00 €.",
        "a prévu la distribution du 05/09/2026 (Halle de Port-Tudy), avec 2 catalogue(s).",
        "a modifié le catalogue Pains et brioches.",
        "a modifié Pain de campagne (Pains et brioches), vendu 3,00 €.",
        "a changé les heures de commande de la distribution du 05/09/2026 (Halle de Port-Tudy).",
        "a annulé la distribution du 05/09/2026 (Halle de Port-Tudy), 0 commande(s) à zéro, motif : « tempête ».",
    ]
    assert "a ouvert le catalogue Pains et brioches." in told(market, 50)


def test_many_acts_take_no_more_statements_than_few(market):
    market.offer(cash=True, cheque=True)
    market.order("ADAM Pécine", {market.bread: 2}, way="on_the_spot")
    client = browser(market.admin)
    few = statements(client, url(market))
    for rank in range(12):
        market.order(f"CLIENT{rank} Un", {market.bread: 1}, way="on_the_spot")

    assert statements(client, url(market)) == few <= MOST_STATEMENTS


def test_a_basket_of_another_group_is_not_named(market, amap):
    other = market.order("SECRET Membre", {market.bread: 1}, by=market.admin)
    amap.group.activities.create(
        by=amap.admin, kind="basket.validated", key=uuid4(), content_digest="", at=EVENING, details={"basket": other.pk}
    )

    rows = browser(amap.admin).get(reverse("web:activity", args=[amap.group.slug])).context["rows"]

    assert "SECRET" not in " ".join(row.what for row in rows)
