"""Each kind of act as a sentence. A test holds that every kind the verbs write has one."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from escarcelle.groups.models import Activity, Group, Role
from escarcelle.lib.dates import format_day
from escarcelle.lib.elision import filled
from escarcelle.payments.models import PromisedPayment
from escarcelle.web.language import great_number, money, signed_money, weight

# What nobody can name any more: a member from before, a contract of another time.
UNNAMED = "…"

SENTENCES: Mapping[str, Promise | str] = {
    "group.founded": gettext_lazy("a fondé le groupe."),
    "group.renamed": gettext_lazy("a renommé le groupe «\u00a0{old_name}\u00a0» en «\u00a0{name}\u00a0»."),
    "place.added": gettext_lazy("a ajouté le lieu «\u00a0{name}\u00a0»."),
    "place.changed": gettext_lazy("a modifié le lieu «\u00a0{name}\u00a0»."),
    "member.created": gettext_lazy("a ajouté {member}."),
    "member.changed": gettext_lazy("a modifié les coordonnées de {member}."),
    "member.invited": gettext_lazy("a invité {member} par e-mail."),
    "member.signed_in_first": gettext_lazy("s’est connecté pour la première fois."),
    "member.left": gettext_lazy("a noté le départ de {member}."),
    "member.came_back": gettext_lazy("a noté le retour de {member}."),
    "member.erased": gettext_lazy("a effacé le nom et les coordonnées d’un membre ({member})."),
    "machine.added": gettext_lazy("a ajouté la machine {member}, qui appelle l’API."),
    "role.given": gettext_lazy("a donné à {member} le rôle {role}."),
    "role.taken": gettext_lazy("a retiré à {member} le rôle {role}."),
    "token.made": gettext_lazy("a créé une clé de l’API."),
    "token.revoked": gettext_lazy("a révoqué une clé de l’API."),
    "producer.created": gettext_lazy("a ajouté le producteur {producer}."),
    "producer_access.given": gettext_lazy("a ouvert à {member} le côté de {producer}."),
    "producer_access.taken": gettext_lazy("a fermé à {member} le côté de {producer}."),
    "contract.opened": gettext_lazy("a ouvert le contrat {contract}."),
    "contract.changed": gettext_lazy("a modifié les conditions du contrat {contract}."),
    "coordinator.appointed": gettext_lazy("a confié le contrat {contract} à {member}."),
    "coordinator.dismissed": gettext_lazy("a retiré le contrat {contract} à {member}."),
    "product.added": gettext_lazy("a ajouté le produit {product}."),
    "price.changed": gettext_lazy("a fixé le prix de {product} à {price} à partir du {from_date}."),
    "deliveries.planned": gettext_lazy("a planifié {deliveries} distribution(s) de {contract}."),
    "delivery.moved": gettext_lazy("a déplacé la distribution de {contract} du {old_day} au {to}."),
    "delivery.cancelled": gettext_lazy("a annulé la distribution de {contract} du {day}."),
    "delivery.restored": gettext_lazy("a rétabli la distribution de {contract} du {day}."),
    "delivery.deleted": gettext_lazy("a supprimé la distribution de {contract} du {day}."),
    "subscription.signed": gettext_lazy("a inscrit {subscription}, pour {total}."),
    "subscription.taken_over": gettext_lazy("a repris l’inscription de {subscription}."),
    "subscription.changed": gettext_lazy("a modifié la souscription de {subscription}\u00a0: {difference} à payer."),
    "subscription.withdrawn": gettext_lazy("a supprimé la souscription de {subscription}."),
    "dated_order.made": gettext_lazy("a commandé pour le {day}\u00a0: {subscription}, {difference} à payer."),
    "dated_order.taken_back": gettext_lazy("a annulé une commande de {subscription}."),
    "default_orders.given": gettext_lazy("commandes par défaut du {day}\u00a0: {basket_count}, {contract}."),
    "absences.set": gettext_lazy("a noté {absence_count} absence(s) de {subscription}."),
    "payment.recorded": gettext_lazy("a noté un paiement de {amount} sur le compte de {account}."),
    "payment.corrected": gettext_lazy("a corrigé un paiement sur le compte de {account} ({difference})."),
    "payment.cancelled": gettext_lazy("a annulé un paiement de {amount} sur le compte de {account}."),
    "batch.recorded": gettext_lazy("a saisi {payment_count} paiement(s), {total}, pour {contract}."),
    "batch.cancelled": gettext_lazy("a annulé un lot de {payment_count} paiement(s), {total}."),
    "balances.taken_over": gettext_lazy("a repris {count} solde(s), {total} en tout."),
    "opening.corrected": gettext_lazy("a corrigé la reprise de solde de {account} ({difference})."),
    "balance.moved": gettext_lazy("a reporté un solde de {amount} d’un compte à un autre du même membre."),
    "balance.moved_back": gettext_lazy("a annulé le report d’un solde de {amount}."),
    "camap.imported": gettext_lazy("a importé de CAMAP\u00a0: {members} membre(s), {subscriptions} souscription(s)."),
    "members.imported": gettext_lazy("a importé {members} membre(s) d’un tableau."),
    "catalogue.opened": gettext_lazy("a ouvert le catalogue {contract}."),
    "catalogue.changed": gettext_lazy("a modifié le catalogue {contract}."),
    "product.offered": gettext_lazy("a proposé {product} à {price}."),
    "product.changed": gettext_lazy("a modifié {product}, vendu {price}."),
    "market_day.planned": gettext_lazy("a prévu la distribution {distribution}, avec {catalogue_count} catalogue(s)."),
    "market_day.windows_changed": gettext_lazy("a changé les heures de commande de la distribution {distribution}."),
    "market_day.cancelled": gettext_lazy(
        "a annulé la distribution {distribution}, {basket_count} commande(s) à zéro, motif\u00a0: «\u00a0{reason}\u00a0»."
    ),
    "ways_to_pay.offered": gettext_lazy("a choisi les moyens de paiement du groupe\u00a0: {ways}."),
    "ways_to_pay.switched_off": gettext_lazy("a désactivé les paiements\u00a0: les commandes s’enregistrent seules."),
    "order.changed": gettext_lazy("a enregistré la commande du panier {basket}\u00a0: {difference} à payer."),
    "order.line_dropped": gettext_lazy("a retiré du panier {basket} la ligne à zéro de {product}."),
    "promise.received": gettext_lazy("a noté comme reçu le paiement promis de {amount}, panier {basket}."),
    "promise.cancelled": gettext_lazy("a noté comme abandonné le paiement promis de {amount}, panier {basket}."),
    "refund.given": gettext_lazy("a rendu {amount} à {account}."),
    "refund.cancelled": gettext_lazy("a annulé le remboursement de {amount} à {account}."),
    "line.undelivered": gettext_lazy("a noté {count} × {product} non livré(s), panier {basket}\u00a0: {difference} à payer."),
    "line.weighed": gettext_lazy("a pesé {product}, {grams}, panier {basket}\u00a0: {difference} à payer."),
    "line.added": gettext_lazy("a ajouté sur place {quantity} × {product}, panier {basket}\u00a0: {difference} à payer."),
    "basket.validated": gettext_lazy("a validé le panier {basket}\u00a0: {left}."),
    "basket.reopened": gettext_lazy("a rouvert le panier {basket}, motif\u00a0: «\u00a0{reason}\u00a0»."),
    "distribution.price_changed": gettext_lazy(
        "a fixé le prix de {product} à {price} pour la distribution {distribution}\u00a0: {basket_count} panier(s), {difference} à payer."
    ),
    "distribution.shortage": gettext_lazy(
        "a réparti ce qui manque de {product}, distribution {distribution}\u00a0: {basket_count} panier(s), {difference} à payer."
    ),
    "distribution.forced": gettext_lazy("a validé d’un coup la distribution {distribution}\u00a0: {forced}."),
    "distribution.reopened": gettext_lazy(
        "a rouvert la distribution {distribution}, {basket_count} panier(s), motif\u00a0: «\u00a0{reason}\u00a0»."
    ),
    "till.counted": gettext_lazy("a compté la caisse de la distribution {distribution}\u00a0: écart {gap}, {dropped} à la banque."),
    "till.reopened": gettext_lazy("a rouvert la caisse de la distribution {distribution}, motif\u00a0: «\u00a0{reason}\u00a0»."),
}
OTHER_ACT = gettext_lazy("a fait «\u00a0{kind}\u00a0».")


class _Parts(dict[str, str]):
    """What the sentence may name; what an old act did not note is left open."""

    def __missing__(self, name: str) -> str:
        return UNNAMED


@dataclass(frozen=True)
class Names:
    """What the acts of a page speak of, by the key under which they note it. Eight statements at most, however many acts."""

    by_key: Mapping[str, Mapping[int, str]]

    @classmethod
    def of(cls, group: Group, acts: Iterable[Activity]) -> "Names":
        asked: defaultdict[str, set[int]] = defaultdict(set)
        for act in acts:
            for key, value in act.details.items():
                if type(value) is int:
                    asked[key].add(value)
        return cls({key: read(group, asked[key]) for key, read in _READERS.items() if asked[key]})

    def get(self, key: str, value: Any) -> str:
        return self.by_key.get(key, {}).get(value, UNNAMED)


def sentence_of(act: Activity, names: Names) -> str:
    """« a noté un paiement de 57,75 € sur le compte d’ADAM Pécine (Contrat légumes). »"""
    sentence = SENTENCES.get(act.kind)
    if sentence is None:
        return str(OTHER_ACT).format(kind=act.kind)
    parts = {key.removesuffix("_cents"): _in_words(key, value, names) for key, value in act.details.items()}
    return filled(str(sentence), _Parts(parts))


_DAYS = frozenset({"day", "old_day", "to", "on", "from_date"})
# The ways to pay of a market that nobody promises at an order: nothing else names them.
_OTHER_WAYS = {
    "money_pot": gettext_lazy("cagnotte"),
    "negative_money_pot": gettext_lazy("cagnotte qui peut être négative"),
    "online_card": gettext_lazy("carte en ligne"),
}


def _ways(names: Iterable[str]) -> str:
    """« espèces, chèque »"""
    named = {**dict(PromisedPayment.Way.choices), **_OTHER_WAYS}
    return ", ".join(str(named.get(name, name)).lower() for name in names)


def _left(cents: int) -> str:
    """What validating a basket left of it."""
    if cents == 0:
        return _("soldé")
    return (_("{amount} d’avoir") if cents > 0 else _("{amount} de dette")).format(amount=money(abs(cents)))


def _forced(done: Mapping[str, int]) -> str:
    """What the button that validates everything did."""
    baskets = ngettext("{count} panier", "{count} paniers", done["basket_count"]).format(count=great_number(done["basket_count"]))
    received = _("{amount} reçus").format(amount=money(done["received_cents"]))
    return ", ".join([baskets, received, *([_left(-done["debt_cents"])] if done["debt_cents"] else [])])


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "difference_cents": signed_money,
    "gap_cents": signed_money,
    "left_cents": _left,
    "forced": _forced,
    "grams": weight,
    "ways": _ways,
    "role": lambda name: str(dict(Role.Name.choices).get(name, name)),
    "deliveries": lambda ids: great_number(len(ids)),
    **{key: lambda text: format_day(date.fromisoformat(text)) for key in _DAYS},
}


def _in_words(key: str, value: Any, names: Names) -> str:
    if key in _READERS:
        return names.get(key, value)
    if key in _WORDS:
        return _WORDS[key](value)
    return money(value) if key.endswith("_cents") else str(value)


def _members(group: Group, ids: set[int]) -> dict[int, str]:
    return {pk: member.name for pk, member in group.members.in_bulk(ids).items()}


def _contracts(group: Group, ids: set[int]) -> dict[int, str]:
    return {pk: contract.name for pk, contract in group.contracts.in_bulk(ids).items()}


def _producers(group: Group, ids: set[int]) -> dict[int, str]:
    return {pk: producer.name for pk, producer in group.producers.in_bulk(ids).items()}


def _products(group: Group, ids: set[int]) -> dict[int, str]:
    rows = group.contracts.filter(products__in=ids).values_list("products__pk", "products__name", "name")
    return {pk: _("{product} ({contract})").format(product=product, contract=contract) for pk, product, contract in rows if pk in ids}


def _subscriptions(group: Group, ids: set[int]) -> dict[int, str]:
    found = group.subscriptions.select_related("member", "contract").in_bulk(ids)
    return {pk: _about(one.member.name, one.contract.name) for pk, one in found.items()}


def _accounts(group: Group, ids: set[int]) -> dict[int, str]:
    found = group.accounts.select_related("member", "subscription__contract").in_bulk(ids)
    return {pk: one.member.name if one.is_general else _about(one.member.name, one.subscription.contract.name) for pk, one in found.items()}


def _distributions(group: Group, ids: set[int]) -> dict[int, str]:
    found = group.distributions.select_related("place").in_bulk(ids)
    return {pk: _("du {day} ({place})").format(day=format_day(one.on), place=one.place.name) for pk, one in found.items()}


def _baskets(group: Group, ids: set[int]) -> dict[int, str]:
    named = _("n° {number} de {name} du {day}")
    found = group.baskets.select_related("account__member", "distribution").in_bulk(ids)
    return {
        pk: filled(named, {"number": str(one.number), "name": one.account.member.name, "day": format_day(one.distribution.on)})
        for pk, one in found.items()
    }


def _about(member_name: str, contract_name: str) -> str:
    return f"{member_name} ({contract_name})"


_READERS = {
    "member": _members,
    "contract": _contracts,
    "producer": _producers,
    "product": _products,
    "subscription": _subscriptions,
    "account": _accounts,
    "distribution": _distributions,
    "basket": _baskets,
}
