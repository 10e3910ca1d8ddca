"""An import in lines of text: what is added, control totals side by side, every bad line with its reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from escarcelle.importers.camap import Plan
from escarcelle.importers.camap_file import ControlTotals
from escarcelle.importers.member_import import MemberPlan
from escarcelle.importers.tables import LineProblem
from escarcelle.lib.languages import FRENCH
from escarcelle.lib.money import format_cents, grouped
from escarcelle.lib.refusals import gettext_noop

TOTAL_LABELS: dict[str, str] = {
    "member_count": gettext_noop("Membres"),
    "contract_count": gettext_noop("Contrats"),
    "producer_count": gettext_noop("Producteurs"),
    "subscription_count": gettext_noop("Souscriptions"),
    "alternated_count": gettext_noop("dont alternées"),
    "ordered_cents": gettext_noop("Total commandé"),
    "paid_cents": gettext_noop("Total payé"),
    "negative_count": gettext_noop("Soldes négatifs"),
    "positive_count": gettext_noop("Soldes en faveur"),
    "balance_sum_cents": gettext_noop("Somme des soldes"),
}


@dataclass(frozen=True)
class TotalLine:
    """One control total: `label` in French, to be translated where it is shown; the figures as its reader writes them."""

    label: str
    file: str
    books: str

    @property
    def agrees(self) -> bool:
        return self.file == self.books


def total_lines(file: ControlTotals, books: ControlTotals, *, language: str = FRENCH) -> list[TotalLine]:
    """The control totals of the file beside those of the books."""
    return [TotalLine(label, _figure(name, file, language), _figure(name, books, language)) for name, label in TOTAL_LABELS.items()]


def _figure(name: str, totals: ControlTotals, language: str) -> str:
    value: int = getattr(totals, name)
    return (format_cents if name.endswith("_cents") else grouped)(value, language=language)


def camap_report(plan: Plan, *, is_saved: bool) -> list[str]:
    """What `manage.py import camap` prints."""
    created = plan.created
    lines = [
        f"{'Repris' if is_saved else 'À reprendre'}\u00a0: {created.members} membres, {created.producers} producteurs, "
        f"{created.contracts} contrats, {created.subscriptions} souscriptions, {created.payments} paiements.",
        f"Déjà là\u00a0: {plan.already_there} souscriptions.",
        "",
        f"{'':<20}{'fichier':>16}{'livres':>16}",
    ]
    for total in total_lines(plan.file, plan.books):
        lines.append(f"{total.label:<20}{total.file:>16}{total.books:>16}{'' if total.agrees else '  ← diffère'}")
    return [*lines, *_named(plan.problems, plan.doubts), *_end(is_saved=is_saved)]


def members_report(plan: MemberPlan, *, is_saved: bool) -> list[str]:
    """What `manage.py import members` prints."""
    lines = [
        f"{'Repris' if is_saved else 'À reprendre'}\u00a0: {plan.created_count} membres, {plan.second_count} secondes personnes de foyer.",
        f"Déjà là\u00a0: {plan.already_there} membres.",
    ]
    return [*lines, *_named(plan.problems, plan.doubts), *_end(is_saved=is_saved)]


def _named(problems: Iterable[LineProblem], doubts: Iterable[LineProblem]) -> list[str]:
    lines = []
    for title, found in (("Lignes laissées de côté", list(problems)), ("À vérifier", list(doubts))):
        if found:
            lines += ["", f"{title}\u00a0: {len(found)}", *(f"  {problem.sentence()}" for problem in found)]
    return lines


def _end(*, is_saved: bool) -> list[str]:
    return ["", "C’est enregistré." if is_saved else "Rien n’est enregistré. Relancez avec --save pour reprendre ces lignes."]
