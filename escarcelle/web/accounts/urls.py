"""Balances and accounts: everybody's, one member's, one's own."""

from django.urls import URLPattern, path

from escarcelle.web.accounts import account, balances, opening, opening_correction, papers, transfers, verification

_account = "comptes/<int:account_id>"

urlpatterns: list[URLPattern] = [
    path("membres/soldes/", balances.balances, name="balances"),
    path("membres/soldes/export.<slug:kind>", balances.balances_export, name="balances_export"),
    path("membres/soldes/reprise/", opening.opening_balances, name="opening_balances"),
    path("membres/<int:member_id>/compte/", account.account, name="account"),
    path("membres/<int:member_id>/compte/reprise/", opening.opening_balance, name="opening_balance"),
    path("reprises/<int:opening_id>/corriger/", opening_correction.opening_balance_correct, name="opening_balance_correct"),
    path("mon-compte/", account.my_account, name="my_account"),
    path(
        "contrats/<int:contract_id>/souscriptions/<int:subscription_id>/compte/", account.subscription_account, name="subscription_account"
    ),
    path(f"{_account}/releve.pdf", papers.account_pdf, name="account_pdf"),
    path(f"{_account}/releve.<slug:kind>", papers.account_export, name="account_export"),
    path(f"{_account}/report/", transfers.balance_transfer, name="balance_transfer"),
    path(f"{_account}/report/<int:operation_no>/annuler/", transfers.balance_transfer_cancel, name="balance_transfer_cancel"),
    path("comptes/verification/", verification.verify, name="verify"),
]
