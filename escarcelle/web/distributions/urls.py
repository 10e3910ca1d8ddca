"""Days on which a group meets."""

from django.urls import path

from escarcelle.web.distributions import listing, papers, planning

_distribution = "distributions/<int:distribution_id>"

urlpatterns = [
    path("distributions/", listing.distributions, name="distributions"),
    path("distributions/nouvelle/", planning.plan_day, name="plan_day"),
    path(f"{_distribution}/", listing.distribution, name="distribution"),
    path(f"{_distribution}/annuler/", planning.cancel_day, name="cancel_day"),
    path(f"{_distribution}/emargement.pdf", papers.attendance_pdf, name="attendance_pdf"),
    path(f"{_distribution}/emargement-compact.pdf", papers.attendance_compact_pdf, name="attendance_compact_pdf"),
    path(f"{_distribution}/emargement.xlsx", papers.attendance_xlsx, name="attendance_xlsx"),
    path(f"{_distribution}/bons-de-commande.pdf", papers.order_sheet_pdf, name="order_sheets_pdf"),
    path(f"{_distribution}/bons-de-commande.xlsx", papers.order_sheet_xlsx, name="order_sheets_xlsx"),
    path(f"{_distribution}/bons-de-commande/<int:producer_id>.pdf", papers.order_sheet_pdf, name="order_sheet_pdf"),
    path(f"{_distribution}/bons-de-commande/<int:producer_id>.xlsx", papers.order_sheet_xlsx, name="order_sheet_xlsx"),
    path("paniers/<int:basket_id>/recu.pdf", papers.receipt_pdf, name="receipt_pdf"),
    path("bloque/", listing.blocked, name="blocked"),
]
