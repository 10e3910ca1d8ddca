"""Every address of the screens. Each area keeps its own list; all are under the group's address."""

from django.urls import include, path

from escarcelle.web.accounts.urls import urlpatterns as accounts
from escarcelle.web.catalogues.urls import urlpatterns as catalogues
from escarcelle.web.contracts.urls import urlpatterns as contracts
from escarcelle.web.dated_orders.urls import urlpatterns as dated_orders
from escarcelle.web.distributions.urls import urlpatterns as distributions
from escarcelle.web.home.urls import outside_groups
from escarcelle.web.home.urls import urlpatterns as home
from escarcelle.web.importing.urls import urlpatterns as importing
from escarcelle.web.members.urls import outside_groups as invitations
from escarcelle.web.members.urls import urlpatterns as members
from escarcelle.web.orders.urls import urlpatterns as orders
from escarcelle.web.payments.urls import urlpatterns as payments
from escarcelle.web.settings.urls import urlpatterns as settings
from escarcelle.web.subscriptions.urls import urlpatterns as subscriptions
from escarcelle.web.tills.urls import urlpatterns as tills
from escarcelle.web.validation.urls import urlpatterns as validation

app_name = "web"

_of_a_group = [
    *home,
    *contracts,
    *subscriptions,
    *dated_orders,
    *payments,
    *accounts,
    *members,
    *settings,
    *importing,
    *catalogues,
    *distributions,
    *orders,
    *validation,
    *tills,
]

urlpatterns = [
    *outside_groups,
    *invitations,
    path("g/<slug:slug>/", include(_of_a_group)),
]
