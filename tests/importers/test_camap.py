"""The export of CAMAP in the books: figures as in the file, once, and every bad line named."""

import datetime as dt
import itertools
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from escarcelle.groups.members import PersonalDetails, change_member, create_member
from escarcelle.groups.models import Activity
from escarcelle.importers import camap
from escarcelle.importers.camap import carry_out, preview
from escarcelle.importers.camap_file import ControlTotals, read_camap
from escarcelle.ledger.models import Operation
from escarcelle.payments.models import Method
from escarcelle.payments.queries import payee_balances
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.queries import subscriptions_page
from escarcelle.subscriptions.signing import withdraw
from tests.books import assert_books_are_right
from tests.cast import TODAY, balance_of, found_amap

SAMPLE = Path(__file__).parent / "files" / "camap-subscriptions.csv"
FIGURES = ControlTotals(
    member_count=50,
    contract_count=3,
    producer_count=3,
    subscription_count=100,
    alternated_count=25,
    ordered_cents=3_624_880,
    paid_cents=2_828_577,
    negative_count=77,
    positive_count=13,
    balance_sum_cents=-796_303,
)
HEADER = "subscriptionId;userId;userName;userEmail;userPhone;user2Name;vendorName;catalogId;catalogName;Date de début;Date de fin;totalPrice;paymentsTotal;balance;Payé"


@pytest.fixture(autouse=True)
def _books_stay_right(db):
    yield
    assert_books_are_right()


@pytest.fixture(scope="module")
def sample():
    return read_camap(SAMPLE.read_bytes(), file_name=SAMPLE.name)


def line(number=1, user=1, name="ADAM Pécine", other="", ordered="37,50", paid="0", balance="-37,50", **cells):
    row = {
        "email": f"membre{user}@exemple.fr",
        "phone": "06 11",
        "vendor": "Rucher",
        "catalog": 3,
        "contract": "Miel",
        "starts": "2026-09-06",
        "ends": "2027-04-11",
    } | cells
    written = [number, user, name, row["email"], row["phone"], other, row["vendor"], row["catalog"], row["contract"]]
    written += [row["starts"], row["ends"], ordered, paid, balance, "non"]
    return ";".join(f'"{cell}"' for cell in written)


def export(*lines):
    return read_camap("\n".join([HEADER, *lines]).encode(), file_name="export.csv")


def carried_out(amap, file, **options):
    return carry_out(group=amap.group, file=file, on=TODAY, by=amap.treasurer, **options)


def everything(amap):
    group = amap.group
    counts = [related.count() for related in (group.members, group.producers, group.contracts, group.subscriptions, group.payments)]
    return [*counts, Operation.objects.count(), group.activities.count()]


def reasons(plan):
    return [(problem.line, problem.refusal.code) for problem in plan.problems]


def doubts(plan):
    return [(doubt.line, doubt.refusal.code) for doubt in plan.doubts]


# --- The real file ---


def test_the_books_show_the_figures_of_the_real_file(amap, sample):
    plan = carried_out(amap, sample)

    assert plan.file == plan.books == FIGURES
    assert plan.problems == ()
    assert (plan.created.members, plan.created.contracts, plan.created.subscriptions) == (50, 3, 100)
    imported = Subscription.objects.filter(pk__in=Activity.objects.get(kind="camap.imported").details["ids"]["subscriptions"].values())
    balances = [balance_of(subscription) for subscription in imported.select_related("account")]
    assert (sum(balances), sum(cents < 0 for cents in balances), sum(cents > 0 for cents in balances)) == (-796_303, 77, 13)


def test_every_subscription_has_the_balance_of_its_line_with_its_producer(amap, sample):
    carried_out(amap, sample)

    members = {member.email: member for member in amap.group.members.all()}
    for row in sample.rows:
        by_producer = {one.payee.name: one.balance_cents for one in payee_balances(members[row.email])}
        assert by_producer[row.vendor_name] == row.balance_cents


def test_a_subscription_is_as_in_the_file(amap, sample):
    carried_out(amap, sample)

    honey = amap.group.contracts.get(name="Contrat miel")
    assert honey.producer.name == 'Rucher "des Dunes"'
    assert (honey.starts_on, honey.ends_on) == (dt.date(2026, 8, 2), dt.date(2027, 4, 11))
    subscription = honey.subscriptions.get(member__email="membre27@example.org")
    assert subscription.member.name == "TANGUY Hélène"
    assert subscription.member.phone == "07 99 87 71 50"
    assert subscription.alternate.name == "ADAM Gaël"
    [payment] = subscription.account.payments.all()
    assert (payment.amount_cents, payment.method, payment.label, payment.received_on) == (1255, Method.UNKNOWN, "Repris de CAMAP", TODAY)
    page = subscriptions_page(honey, on=TODAY)
    assert (page.count, page.balance_cents) == (25, sum(row.balance_cents for row in sample.rows if row.catalog_id == 3))


def test_a_preview_shows_all_of_it_and_keeps_nothing(amap, sample):
    before = everything(amap)

    plan = preview(group=amap.group, file=sample, on=TODAY, by=amap.treasurer)

    assert plan.books == FIGURES
    assert everything(amap) == before


def test_the_same_file_again_adds_nothing(amap, sample):
    carried_out(amap, sample)
    before = everything(amap)

    plan = carried_out(amap, sample)

    assert not plan.created
    assert plan.already_there == 100
    assert plan.books == FIGURES
    assert everything(amap)[:-1] == before[:-1]


def test_the_same_sending_again_gives_the_first_act(amap, sample):
    key = uuid4()
    first = carried_out(amap, sample, key=key)
    before = everything(amap)

    assert carried_out(amap, sample, key=key).activity_id == first.activity_id
    assert everything(amap) == before


@pytest.mark.parametrize(("verb", "times"), [("create_member", 30), ("take_over_subscription", 70), ("take_over", 1), ("record_batch", 2)])
def test_interrupted_in_the_middle_nothing_is_half_saved(amap, sample, monkeypatch, verb, times):
    before, left, act = everything(amap), itertools.count(times, -1), getattr(camap, verb)

    def interrupted(**options):
        if next(left) <= 1:
            raise KeyboardInterrupt
        return act(**options)

    with monkeypatch.context() as patched:
        patched.setattr(camap, verb, interrupted)
        with pytest.raises(KeyboardInterrupt):
            carried_out(amap, sample)
    assert everything(amap) == before

    assert carried_out(amap, sample).books == FIGURES


def test_two_groups_take_the_same_file_apart(amap, sample):
    carried_out(amap, sample)
    houat = found_amap("AMAP de Houat")

    assert carried_out(houat, sample).created.subscriptions == 100
    assert {subscription.member.group_id for subscription in houat.group.subscriptions.all()} == {houat.group.pk}


def test_which_of_two_namesakes_alternates_is_said(amap, sample):
    plan = carried_out(amap, sample)

    [doubt] = plan.doubts
    assert (doubt.line, doubt.refusal.code) == (3, "alternate_chosen")
    subscription = amap.group.subscriptions.get(contract__name="Contrat miel", member__email="membre23@example.org")
    assert subscription.alternate.email in doubt.sentence()


# --- Who and what is there already ---


def test_somebody_who_is_there_is_not_made_twice(amap):
    known = create_member(group=amap.group, details=PersonalDetails("Adam", "P.", "membre1@exemple.fr"), on=TODAY, by=amap.treasurer)
    named = amap.someone("BLANC Alphée")

    plan = carried_out(amap, export(line(1, 1), line(2, 2, "BLANC Alphée")))

    assert plan.created.members == 0
    assert {subscription.member_id for subscription in amap.group.subscriptions.all()} == {known.pk, named.pk}


def test_a_namesake_with_another_address_is_somebody_else(amap):
    details = PersonalDetails("Adam", "Pécine", "autre@exemple.fr")
    create_member(group=amap.group, details=details, on=TODAY, by=amap.treasurer)

    assert carried_out(amap, export(line())).created.members == 1


def test_a_member_renamed_since_is_known_by_number(amap):
    carried_out(amap, export(line()))
    member = amap.group.members.get(last_name="ADAM")
    change_member(member=member, details=PersonalDetails("Kervella", "Pécine", "neuve@exemple.fr"), by=amap.treasurer)

    plan = carried_out(amap, export(line(), line(2, contract="Œufs", catalog=4)))

    assert (plan.created.members, plan.created.subscriptions) == (0, 1)
    assert amap.group.subscriptions.filter(member=member).count() == 2


def test_a_newer_export_adds_what_is_new_and_says_what_moved(amap):
    carried_out(amap, export(line()))

    plan = carried_out(amap, export(line(paid="10", balance="-27,50"), line(2, 2, "BLANC Alphée")))

    assert plan.created.subscriptions == 1
    assert doubts(plan) == [(2, "balance_moved_on")]
    assert not plan.agrees
    assert plan.books.balance_sum_cents == -7500


def test_a_subscription_removed_here_does_not_come_back(amap):
    carried_out(amap, export(line(ordered="0", balance="0")))
    withdraw(subscription=amap.group.subscriptions.get(), on=TODAY, by=amap.treasurer)

    plan = carried_out(amap, export(line(ordered="0", balance="0")))

    assert reasons(plan) == [(2, "removed_since")]
    assert not amap.group.subscriptions.standing().exists()


def test_the_same_contract_of_another_season_is_another_contract(amap):
    carried_out(amap, export(line()))
    next_season = line(9, catalog=8, starts="2027-09-05", ends="2028-04-09")

    assert carried_out(amap, export(next_season)).created.contracts == 1


def test_a_household_holds_one_account(amap):
    first = amap.someone("BLANC Zoé")
    create_member(group=amap.group, details=PersonalDetails("Blanc", "Alphée"), on=TODAY, by=amap.treasurer, household_of=first)
    carried_out(amap, export(line(name="BLANC Alphée")))

    assert amap.group.subscriptions.get().member == first


def test_names_of_signs_alone_are_as_many_people_and_producers(amap):
    plan = carried_out(amap, export(line(1, 1, "🧺", vendor="🥕"), line(2, 2, "🥬", vendor="🍯", catalog=4)))

    assert plan.agrees
    assert (plan.created.members, plan.created.producers) == (2, 2)


def test_somebody_written_first_name_first_is_not_made_twice(amap):
    known = amap.someone("BLANC Alphée")
    carried_out(amap, export(line(2, 2, "Alphée BLANC")))

    assert amap.group.subscriptions.get().member == known


# --- Bad lines ---


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (line(2, 2, "BLANC Alphée", paid="-5", balance="-42,50"), "paid_below_zero"),
        (line(2, 2, "BLANC Alphée", ordered="1000000,01", balance="-1000000,01"), "amount_too_large"),
        (line(2, 2, "BLANC Alphée", phone="0" * 35), "too_long"),
        (line(2, 1), "overlap"),
        (line(2, 2, "BLANC Alphée", balance="12"), "balance_differs"),
        (line(2, 2, "BLANC Alphée", catalog=9, contract="Pain", ends="2036-04-11"), "too_long"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_taken(amap, bad, code):
    plan = carried_out(amap, export(line(), bad))

    assert reasons(plan) == [(3, code)]
    assert plan.problems[0].sentence().startswith("Ligne 3, colonne ")
    assert [row.line for row in plan.rows] == [2]
    assert amap.group.subscriptions.count() == 1


def test_an_alternate_without_subscription_becomes_a_member(amap):
    plan = carried_out(amap, export(line(other="LE DREN Zoé"), line(2, 2, "BLANC Alphée", other="Le Dren Zoé")))

    assert doubts(plan) == [(2, "alternate_created")]
    assert plan.books.alternated_count == plan.file.alternated_count == 2
    assert {subscription.alternate.name for subscription in amap.group.subscriptions.all()} == {"LE DREN Zoé"}


def test_two_members_with_one_address_are_two_members(amap):
    shared = {"email": "foyer@exemple.fr"}

    plan = carried_out(amap, export(line(1, 1, **shared), line(2, 2, "BLANC Alphée", **shared)))

    assert plan.created.members == 2
    assert doubts(plan) == [(3, "email_left_out")]
    assert amap.group.members.get(last_name="BLANC").email == ""


def test_an_order_of_nothing_and_one_in_favour_are_taken_over(amap):
    plan = carried_out(
        amap, export(line(ordered="0", balance="0"), line(2, 2, "BLANC Alphée", ordered="-12,50", paid="0", balance="12,50"))
    )

    assert plan.agrees
    assert sorted(balance_of(subscription) for subscription in amap.group.subscriptions.select_related("account")) == [0, 1250]


# --- The command ---


def run(*arguments):
    out = StringIO()
    call_command("import", *map(str, arguments), stdout=out)
    return out.getvalue().replace("\u00a0", " ").replace("\u202f", " ")


def test_the_command_shows_first_then_takes_over(amap):
    before = everything(amap)
    shown = run("camap", SAMPLE)
    assert "À reprendre : 50 membres" in shown
    assert "Rien n’est enregistré" in shown
    assert everything(amap) == before

    saved = run("camap", SAMPLE, "--group", amap.group.slug, "--save")
    for figures in ("Souscriptions 100 100", "Total commandé 36 248,80 € 36 248,80 €", "Somme des soldes −7 963,03 € −7 963,03 €"):
        assert figures in " ".join(saved.split())
    assert "À reprendre : 0 membres" in run("camap", SAMPLE)


def test_the_command_names_what_it_cannot_do(amap, tmp_path):
    with pytest.raises(CommandError, match=r"none\.csv"):
        run("camap", tmp_path / "none.csv")
    other = tmp_path / "autre.csv"
    other.write_text("nom;prénom\nADAM;Pécine\n")
    with pytest.raises(CommandError, match="n’est pas l’export des souscriptions"):
        run("camap", other)
    with pytest.raises(CommandError, match="Nobody"):
        run("camap", SAMPLE, "--by", "personne@exemple.fr")
    found_amap("AMAP de Houat")
    with pytest.raises(CommandError, match="amap-de-groix, amap-de-houat"):
        run("camap", SAMPLE)


def test_the_command_takes_a_sheet_of_members(amap, tmp_path):
    sheet = tmp_path / "membres.csv"
    sheet.write_text("Nom;Prénom;Courriel\nBlanc;Alphée;alphee@exemple.fr\nBlanc;;pas une adresse\n")

    assert "1 membres" in run("members", sheet)
    assert not amap.group.members.filter(last_name="Blanc").exists()
    assert "Ligne 3" in run("members", sheet, "--save")
    assert amap.group.members.get(last_name="Blanc").email == "alphee@exemple.fr"
