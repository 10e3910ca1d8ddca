"""What is typed to engage a member: who, from when to when, how many of what, with whom in turn, and when they are away."""

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from escarcelle.catalogs.models import Contract
from escarcelle.distributions.models import Delivery
from escarcelle.groups.models import Member
from escarcelle.subscriptions.dues import ContractFacts, Day, contract_facts
from escarcelle.subscriptions.models import Subscription
from escarcelle.subscriptions.signing import LARGEST_QUANTITY, Alternation, Change, Period
from escarcelle.web.contracts.forms import set_reference
from escarcelle.web.fields import CountField, DayField, KeyField, MemberField
from escarcelle.web.language import long_day

HOLDER, ALTERNATE = "holder", "alternate"


class EngagementForm(forms.Form):
    """What a subscription is made of. Products and days are those of the facts of the contract."""

    starts_on = DayField(label=_("Du"))
    ends_on = DayField(label=_("Au"))
    alternate = MemberField(required=False, label=_("Alterné avec"), empty_label=_("Personne"))
    begins = forms.ChoiceField(
        label=_("Qui commence"),
        choices=[(HOLDER, _("Le titulaire")), (ALTERNATE, _("L’autre personne"))],
        initial=HOLDER,
        widget=forms.RadioSelect,
    )
    absences = forms.TypedMultipleChoiceField(required=False, coerce=int, label=_("Absences"), widget=forms.CheckboxSelectMultiple)
    key = KeyField()

    def __init__(self, contract: Contract, facts: ContractFacts, today: dt.date, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.contract = contract
        self.product_ids = list(facts.product_names)
        for product_id, name in facts.product_names.items():
            self.fields[self.box(product_id)] = CountField(max_value=LARGEST_QUANTITY, initial=0, label=name)
        present = contract.group.members.present().filter(is_machine=False).by_name()
        self.fields["alternate"].queryset = present  # type: ignore[attr-defined]
        set_reference(self, today)

    def offer_absences(self, days: Iterable[Day]) -> None:
        """Let these days be ticked."""
        choices = [(day.delivery_id, long_day(day.on)) for day in days]
        self.fields["absences"].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def box(product_id: int) -> str:
        """The name of the box where the quantity of a product is typed."""
        return f"quantity_{product_id}"

    @property
    def boxes_of_refusals(self) -> dict[str, str]:
        """Where the refusals of the verbs go."""
        return {"quantities": self.box(self.product_ids[0])} if self.product_ids else {}

    @property
    def quantity_boxes(self) -> list[forms.BoundField]:
        return [self[self.box(product_id)] for product_id in self.product_ids]

    @property
    def absence_count(self) -> int:
        """How many days are ticked, as shown."""
        return len(self["absences"].value() or ())

    def period(self) -> Period:
        return Period(self.cleaned_data["starts_on"], self.cleaned_data["ends_on"])

    def alternation(self) -> Alternation | None:
        alternate: Member | None = self.cleaned_data["alternate"]
        return Alternation(alternate, self.cleaned_data["begins"] == ALTERNATE) if alternate else None

    def quantities(self) -> dict[int, int]:
        return {product_id: self.cleaned_data[self.box(product_id)] for product_id in self.product_ids}

    def absent_at(self) -> list[Delivery]:
        """The deliveries ticked. One statement."""
        return list(self.contract.deliveries.filter(pk__in=self.cleaned_data["absences"]).select_related("distribution"))


class SigningForm(EngagementForm):
    """A new subscription."""

    member = MemberField(label=_("Membre"))

    def __init__(self, contract: Contract, facts: ContractFacts, today: dt.date, data: Any = None, **options: Any) -> None:
        super().__init__(contract, facts, today, data, **options)
        holders = contract.group.members.present().households().filter(is_machine=False).by_name()
        self.fields["member"].queryset = holders  # type: ignore[attr-defined]


def signing_form(contract: Contract, today: dt.date, member_id: str, data: Any = None) -> SigningForm:
    """For the whole contract, or for what is left of it; one of the only product."""
    initial: dict[str, Any] = {"member": member_id, "starts_on": max(contract.starts_on, today), "ends_on": contract.ends_on}
    if today > contract.ends_on:
        initial["starts_on"] = contract.starts_on
    facts = contract_facts(contract.pk, [])
    form = SigningForm(contract, facts, today, data, initial=initial)
    if len(form.product_ids) == 1 and contract.is_constant:
        form.fields[form.box(form.product_ids[0])].initial = 1
    form.offer_absences(absence_days(contract, facts))
    return form


class ChangeForm(EngagementForm):
    """A subscription to be changed: what it was is what the form shows first."""

    quantities_from = DayField(label=_("Quantités à partir du"), help_text=_("Ce qui a été distribué avant ce jour ne change pas."))

    @cached_property
    def changes_quantities(self) -> bool:
        return any(name in self.changed_data for name in ("quantities_from", *(self.box(product_id) for product_id in self.product_ids)))

    @property
    def changes_engagement(self) -> bool:
        names = {"starts_on", "ends_on", "alternate", "begins"}
        return self.changes_quantities or bool(names.intersection(self.changed_data))

    @property
    def changes_absences(self) -> bool:
        return set(self.cleaned_data["absences"]) != set(self.initial["absences"])

    def change(self) -> Change:
        """What is asked. Quantities are left alone when neither they nor their date were touched: later ones stay."""
        quantities = self.quantities() if self.changes_quantities else None
        period, quantities_from = self.period(), self.cleaned_data["quantities_from"] if quantities else None
        return Change(period.starts_on, period.ends_on, self.alternation(), quantities, quantities_from)


def change_form(subscription: Subscription, facts: ContractFacts, today: dt.date, data: Any = None) -> ChangeForm:
    """What the subscription is now, to be changed. `facts` are those of its contract, read for it."""
    contract = subscription.contract
    from_date = min(max(today, subscription.starts_on), subscription.ends_on)
    absent = facts.absences.get(subscription.pk, set())
    initial = {
        "starts_on": subscription.starts_on,
        "ends_on": subscription.ends_on,
        "alternate": subscription.alternate_id,
        "begins": ALTERNATE if subscription.alternate_begins else HOLDER,
        "quantities_from": from_date,
        "absences": sorted(absent),
        **{EngagementForm.box(product_id): values.at(from_date) for product_id, values in facts.lines[subscription.pk].items()},
    }
    form = ChangeForm(contract, facts, today, data, initial=initial)
    if subscription.alternate is not None and not subscription.alternate.is_present:
        # Who has left stays chosen, until somebody else is.
        members = contract.group.members.filter(is_machine=False)
        chosen = members.present() | members.filter(pk=subscription.alternate.pk)
        form.fields["alternate"].queryset = chosen.by_name()  # type: ignore[attr-defined]
    form.offer_absences(absence_days(contract, facts, absent))
    return form


def absence_days(contract: Contract, facts: ContractFacts, already: Iterable[int] = ()) -> list[Day]:
    """The days on which the contract lets a member be absent, and those noted already; none when it lets nobody."""
    noted = set(already)
    first, last = contract.absences_from or dt.date.min, contract.absences_until or dt.date.max
    return [day for day in facts.days if day.delivery_id in noted or (contract.absences_allowed and first <= day.on <= last)]


class EndForm(forms.Form):
    last_day = DayField(label=_("Dernier jour"), help_text=_("La distribution de ce jour compte encore."))
    key = KeyField()


class WithdrawForm(forms.Form):
    """« Supprimer » asks nothing but to be sure."""

    key = KeyField()
