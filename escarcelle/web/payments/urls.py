"""Payments: the grid of a contract, its batches, and payments one by one."""

from django.urls import URLPattern, path

from escarcelle.web.payments import batches, bulk, changes, journal, one_account

_contract = "contrats/<int:contract_id>"
_grid = f"{_contract}/paiements-en-masse"
_batch = f"{_contract}/lots/<int:batch_id>"

urlpatterns: list[URLPattern] = [
    path("paiements/", journal.payments, name="payments"),
    path(f"{_grid}/", bulk.bulk_payments, name="bulk_payments"),
    path(f"{_grid}/cheques-connus/", bulk.cheques_recorded, name="cheques_recorded"),
    path(f"{_batch}/", batches.batch, name="batch"),
    path(f"{_batch}/annuler/", batches.batch_cancel, name="batch_cancel"),
    path(f"{_contract}/souscriptions/<int:subscription_id>/paiements/", one_account.subscription_payments, name="subscription_payments"),
    path("comptes/<int:account_id>/paiements/", one_account.account_payments, name="account_payments"),
    path("paiements/<int:payment_id>/corriger/", changes.payment_correct, name="payment_correct"),
    path("paiements/<int:payment_id>/annuler/", changes.payment_cancel, name="payment_cancel"),
]
