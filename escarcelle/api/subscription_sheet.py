"""The subscriptions of a contract in the columns of CAMAP's own export, for who goes on with that program or compares."""

import csv
import io

from escarcelle.catalogs.models import Contract
from escarcelle.lib.csv_cells import neutral
from escarcelle.subscriptions.dues import contract_facts

HEADINGS = (
    "subscriptionId",
    "userId",
    "userName",
    "userEmail",
    "userPhone",
    "user2Name",
    "vendorName",
    "catalogId",
    "catalogName",
    "Date de début",
    "Date de fin",
    "totalPrice",
    "paymentsTotal",
    "balance",
    "Payé",
)


def camap_sheet(contract: Contract, *, with_contacts: bool) -> bytes:
    """Semicolons, every field quoted, decimal comma; « oui » when nothing is owed. Five statements, however many rows."""
    out = io.StringIO()
    # CAMAP leaves quotes inside a field as they are; doubled, any spreadsheet reads them, and so do we.
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    out.write(";".join(HEADINGS) + "\n")
    facts = contract_facts(contract.pk)
    subscriptions = contract.subscriptions.standing().by_name().select_related("member", "alternate", "account__ledger_account")
    for subscription in subscriptions:
        member, alternate = subscription.member, subscription.alternate
        total_cents, balance_cents = facts.due(subscription).total_cents, subscription.account.ledger_account.balance_cents
        writer.writerow(
            [
                subscription.pk,
                member.pk,
                neutral(member.name),
                neutral(member.email) if with_contacts else "",
                neutral(member.phone) if with_contacts else "",
                neutral(alternate.name) if alternate else "",
                neutral(contract.producer.name),
                contract.pk,
                neutral(contract.name),
                subscription.starts_on.isoformat(),
                subscription.ends_on.isoformat(),
                _euros(total_cents),
                # Whatever moved the account beside orders: payments, balances taken over or carried.
                _euros(total_cents + balance_cents),
                _euros(balance_cents),
                "oui" if balance_cents >= 0 else "non",
            ]
        )
    return out.getvalue().encode("utf-8", "replace")


def _euros(cents: int) -> str:
    """As CAMAP writes them: "0", "500", "-37,50"."""
    euros, remainder = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{euros}{f',{remainder:02d}' if remainder else ''}"
