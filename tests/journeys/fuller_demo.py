"""Adds to the demo what some page needs in order to be shown, and prints the sessions and the numbers with which to visit every page.

Run on the data of a site of its own, by the tests: `python tests/journeys/fuller_demo.py`. A session opens the site as somebody would
after signing in: no password is tried.
"""

import datetime as dt
import json
import os
import sys
import time
from pathlib import Path
from uuid import uuid4

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "escarcelle.config.settings")
django.setup()

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes  # noqa: E402  the settings come first
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: E402
from allauth.mfa.webauthn.internal.auth import WebAuthn  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.utils import timezone  # noqa: E402
from fido2.cose import ES256  # noqa: E402
from fido2.utils import websafe_encode  # noqa: E402
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData  # noqa: E402

from escarcelle.catalogs.departures import leave  # noqa: E402
from escarcelle.demo.cast import (  # noqa: E402
    ADMINISTRATOR,
    CLIENT,
    COORDINATOR,
    MARKET_ADMINISTRATOR,
    MARKET_VOLUNTEER,
    MEMBER,
    PASSWORD,
    PRODUCER,
    TREASURER,
    VOLUNTEER,
)
from escarcelle.groups.accounts import general_account  # noqa: E402
from escarcelle.groups.founding import found_group  # noqa: E402
from escarcelle.groups.invitations import invitation_token  # noqa: E402
from escarcelle.groups.members import PersonalDetails, change_member, create_member, link_person  # noqa: E402
from escarcelle.groups.models import Group, Member  # noqa: E402
from escarcelle.groups.tokens import make_token  # noqa: E402
from escarcelle.importers import member_import  # noqa: E402
from escarcelle.importers.member_sheet import propose_columns, read_members  # noqa: E402
from escarcelle.importers.tables import read_table  # noqa: E402
from escarcelle.payments.balance_transfers import move_balance  # noqa: E402
from escarcelle.payments.batches import BatchRow, record_batch  # noqa: E402
from escarcelle.payments.corrections import correct_payment  # noqa: E402
from escarcelle.payments.opening_balances import TakeOver, correct_opening_balance, take_over  # noqa: E402
from escarcelle.payments.recording import ChequeDetails, Received  # noqa: E402
from escarcelle.people.logins import login_of  # noqa: E402
from escarcelle.people.models import Person  # noqa: E402
from escarcelle.subscriptions.calendar import cancel_delivery  # noqa: E402
from escarcelle.tills.day import Counted, count_till, day_money  # noqa: E402

TODAY = timezone.localdate()
_UNCOMPRESSED = (Encoding.X962, PublicFormat.UncompressedPoint)
_ONE_HOUR_SECONDS = 3600  # longer than the visits take: nobody is asked for their password again


def cheque(amount_cents: int, number: str, on: dt.date = TODAY) -> Received:
    return Received(amount_cents, "cheque", on, cheque=ChequeDetails(number, "Crédit Mutuel", "M. ou Mme Adam", on))


def session_of(email: str) -> str:
    """The key of a session of this person, as fresh as if they had just typed their password."""
    person = Person.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    confirmed = {"method": "password", "at": time.time() + _ONE_HOUR_SECONDS, "email": email, "reauthenticated": True}
    session["account_authentication_methods"], session["account_authentication_methods_user"] = [confirmed], str(person.pk)
    session.create()
    return str(session.session_key)


def member_named(group: Group, last_name: str, first_name: str = "") -> Member:
    return group.members.get(last_name=last_name, **({"first_name": first_name} if first_name else {}))


def with_login(member: Member, email: str, password: str | None = PASSWORD) -> Person:
    person = login_of(email, password=password, last_name=member.last_name, first_name=member.first_name)
    link_person(member=member, person=person)
    return person


def protected(member: Member) -> int:
    """Give somebody a login with a second step: an application of codes, recovery codes, a passkey. Its number comes back."""
    person = with_login(member, "ronan@groix.example")
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    return int(WebAuthn.add(person, "Clé bleue", passkey()).instance.pk)


def passkey() -> dict[str, object]:
    """What a browser answers when it makes a passkey."""
    public_key = ES256.from_ctap1(b"\x04" + ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(*_UNCOMPRESSED)[1:])
    made = AttestedCredentialData.create(b"\0" * 16, b"cle-bleue", public_key)
    known = AuthenticatorData.create(b"\0" * 32, AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT, 0, made)
    answer = {
        "clientDataJSON": websafe_encode(b'{"type": "webauthn.create", "challenge": "", "origin": ""}'),
        "attestationObject": websafe_encode(AttestationObject.create("none", known, {})),
    }
    return {"id": websafe_encode(b"cle-bleue"), "rawId": websafe_encode(b"cle-bleue"), "type": "public-key", "response": answer}


def numbers_of(groix: Group) -> dict[str, int | str]:
    """One number for each thing that an address may name; each of them exists in Groix."""
    treasurer = member_named(groix, TREASURER.last_name)
    pecine = member_named(groix, MEMBER.last_name, MEMBER.first_name)
    contract = groix.contracts.get(name="Contrat légumes")
    subscription = contract.subscriptions.get(member=pecine)
    others = [found.pk for found in contract.subscriptions.exclude(member=pecine).order_by("pk")[:12]]
    rows = [BatchRow(pk, cheque(5775, f"77012{rank:02}")) for rank, pk in enumerate([subscription.pk, *others])]
    batch = record_batch(contract=contract, rows=rows, on=TODAY, by=treasurer, key=uuid4())
    mistaken = batch.payments.get(account=subscription.account)
    payment = correct_payment(
        payment=mistaken, received=cheque(7557, "7701200"), reason="chiffres inversés, 75,57 € et non 57,75 €", on=TODAY, by=treasurer
    )
    madec = member_named(groix, "Madec")
    old, new = madec.subscriptions.filter(contract__producer=contract.producer).order_by("starts_on")
    transfer = move_balance(source=old.account, target=new.account, on=TODAY, by=treasurer)
    general = general_account(group=groix, member=madec, book_id=contract.producer.book_id)
    [taken] = take_over(group=groix, balances=[TakeOver(general, -1280)], on=TODAY, today=TODAY, by=treasurer)
    opening = correct_opening_balance(opening=taken, amount_cents=-1820, on=TODAY, reason="chiffres inversés", today=TODAY, by=treasurer)
    delivery = contract.deliveries.filter(distribution__on__gt=TODAY).order_by("distribution__on")[4]
    cancelled = contract.deliveries.filter(distribution__on__gt=TODAY).order_by("distribution__on")[5]
    cancel_delivery(delivery=cancelled, reason="tempête", on=TODAY, by=treasurer)
    cheese = groix.contracts.get(name="Contrat fromages")
    return {
        "cheese_id": cheese.pk,
        "cheese_subscription_id": cheese.subscriptions.get(member=pecine).pk,
        "cheese_delivery_id": cheese.deliveries.filter(orders_close_at__gt=timezone.now()).order_by("distribution__on")[0].pk,
        "slug": groix.slug,
        "contract_id": contract.pk,
        "subscription_id": subscription.pk,
        "account_id": subscription.account_id,
        "member_id": pecine.pk,
        "product_id": contract.products.order_by("pk")[0].pk,
        "batch_id": batch.pk,
        "payment_id": payment.pk,
        "opening_id": opening.pk,
        "madec_id": madec.pk,
        "delivery_id": delivery.pk,
        "cancelled_delivery_id": cancelled.pk,
        "distribution_id": delivery.distribution_id,
        "place_id": groix.places.get().pk,
        "transfer_account_id": old.account_id,
        "operation_no": transfer.source_operation_no,
        "honey_id": groix.contracts.get(name="Contrat miel").pk,
    }


def market_numbers(market: Group) -> dict[str, int]:
    """Days of the demo market: one to validate, one whose till is counted, one open for orders."""
    days = list(market.distributions.order_by("on", "starts_at"))
    validated, tonight, ahead = days[0], days[-2], days[-1]
    administrator = market.members.get(last_name=MARKET_ADMINISTRATOR.last_name)
    float_cents = 5000
    cash_cents = float_cents + day_money(validated).received["cash"].cents
    counted = Counted(float_cents, cash_cents, float_cents, None, "")
    count = count_till(distribution=validated, counted=counted, on=TODAY, by=administrator)
    catalogue = market.contracts.order_by("pk")[0]
    return {
        "tonight_id": tonight.pk,
        "basket_id": tonight.baskets.get(number=2).pk,
        "validated_id": validated.pk,
        "validated_basket_id": validated.baskets.get(number=1).pk,
        "open_id": ahead.pk,
        "ordered_basket_id": ahead.baskets.get(number=1).pk,
        "count_id": count.pk,
        "catalogue_id": catalogue.pk,
        "catalogue_product_id": catalogue.products.order_by("pk")[0].pk,
    }


def import_of(groix: Group, treasurer: Member) -> int:
    table = read_table("Nom;Prénom;E-mail\nLoréal;Nina;nina@groix.example\n;;perdu\n".encode(), file_name="membres.csv")
    sheet = read_members(table, propose_columns(table))
    return int(member_import.carry_out(group=groix, sheet=sheet, payee=None, on=TODAY, by=treasurer).activity_id or 0)


def main() -> None:
    groix, market = Group.objects.get(name="AMAP de Groix"), Group.objects.get(name="Direct Paysans")
    administrator = member_named(groix, ADMINISTRATOR.last_name)
    numbers = numbers_of(groix)
    numbers["pk"] = protected(member_named(groix, "Le Bris"))
    numbers["activity_id"] = import_of(groix, administrator)
    with_login(member_named(groix, "Adam", "Mathurin"), "mathurin@groix.example")
    Person.objects.filter(pk=with_login(member_named(groix, "Riou"), "morgane@groix.example", None).pk).update(password="!")
    invited = member_named(groix, "Bellec")
    change_member(member=invited, details=PersonalDetails("Bellec", "Nadia", "nadia@groix.example", "06 12 34 56 78"), by=administrator)
    gone = create_member(group=groix, details=PersonalDetails("Kersaho", "Loeiza"), on=TODAY, by=administrator)
    leave(member=gone, on=TODAY, by=administrator)
    # Anne Tonnerre also founds a second group, in which there is nothing yet.
    _, founder = found_group(name="AMAP de Houat", kind=Group.Kind.AMAP, administrator=PersonalDetails("Tonnerre", "Anne"), on=TODAY)
    link_person(member=founder, person=administrator.person)
    make_token(member=administrator, name="Tableau de bord", by=administrator)
    numbers |= {"token": invitation_token(invited), "invited_id": invited.pk, "gone_id": gone.pk}
    client = market.members.get(last_name="Bihan", first_name="Yann")
    numbers |= {"market": market.slug, "houat": founder.group.slug, "client_id": client.pk, "client_account_id": client.accounts.get().pk}
    numbers |= market_numbers(market)
    logins = {login.email for login in (ADMINISTRATOR, TREASURER, COORDINATOR, VOLUNTEER, PRODUCER, MEMBER, CLIENT, MARKET_VOLUNTEER)}
    logins |= {"marche@paysans.example", "mathurin@groix.example", "ronan@groix.example", "morgane@groix.example"}
    json.dump({"numbers": numbers, "sessions": {email: session_of(email) for email in sorted(logins)}}, sys.stdout)


if __name__ == "__main__":
    main()
