"""The reference and the QR code of a transfer, against the vectors of the standard's readers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escarcelle.lib.creditor_reference import creditor_reference, is_creditor_reference
from escarcelle.payments.transfers import TransferDetails

VECTOR = "BCD\n002\n1\nSCT\n\nAMAP DES QUATRE SAISONS\nFR7630006000011234567890189\nEUR57.76\n\nRF04AMAP26S0042"


@pytest.mark.parametrize(("body", "reference"), [("AMAP26S0042", "RF04AMAP26S0042"), ("AMAP26S0043", "RF74AMAP26S0043")])
def test_references_of_the_domain(body, reference):
    assert creditor_reference(body) == reference


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=21), st.integers(4, 24), st.sampled_from("0123456789"))
def test_one_wrong_character_is_seen(body, position, digit):
    reference = creditor_reference(body)
    assert is_creditor_reference(reference)
    assert is_creditor_reference(reference.lower())
    if position < len(reference) and reference[position] in "0123456789" and reference[position] != digit:
        assert not is_creditor_reference(reference[:position] + digit + reference[position + 1 :])


def test_the_qr_code_says_the_92_bytes_of_the_domain():
    details = TransferDetails("AMAP DES QUATRE SAISONS", "FR7630006000011234567890189", 5776, "RF04AMAP26S0042")

    assert details.epc_text == VECTOR
    assert len(details.epc_text.encode()) == 92
    assert details.qr_svg().startswith("<svg")
