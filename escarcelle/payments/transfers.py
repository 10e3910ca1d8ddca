"""What a client needs to make a transfer without a mistake: the exact name, the IBAN, the amount and a short reference."""

import io
from dataclasses import dataclass

import segno

from escarcelle.lib.creditor_reference import creditor_reference
from escarcelle.lib.money import api_amount
from escarcelle.orders.models import Basket
from escarcelle.payments.models import WaysToPay


@dataclass(frozen=True)
class TransferDetails:
    """Ready to be copied piece by piece. `reference` is an ISO 11649 one: a bank statement brings it back whatever else it changes."""

    holder: str
    iban: str
    amount_cents: int
    reference: str

    @property
    def iban_in_fours(self) -> str:
        return " ".join(self.iban[start : start + 4] for start in range(0, len(self.iban), 4))

    @property
    def epc_text(self) -> str:
        """What the QR code says to a banking application (EPC069-12, version 002, UTF-8, structured reference, no BIC)."""
        return "\n".join(("BCD", "002", "1", "SCT", "", self.holder, self.iban, f"EUR{api_amount(self.amount_cents)}", "", self.reference))

    def qr_svg(self) -> str:
        """The QR code as an SVG element, dark on light whatever the theme."""
        code = segno.make(self.epc_text, error="m", boost_error=False, micro=False, encoding="utf-8")
        drawing = io.BytesIO()
        code.save(drawing, kind="svg", xmldecl=False, svgns=True, omitsize=True, light="#fff")
        return drawing.getvalue().decode()


def reference_of(basket: Basket) -> str:
    """« RF49B812 »: the basket's own reference."""
    return creditor_reference(f"B{basket.pk}")


def transfer_details(basket: Basket, amount_cents: int, ways: WaysToPay) -> TransferDetails:
    """How to pay so many cents for a basket by transfer."""
    return TransferDetails(ways.transfer_holder, ways.transfer_iban, amount_cents, reference_of(basket))
