"""The contracts that a member may see."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from escarcelle.groups.permissions import Permission
from escarcelle.payments.queries import contract_rows
from escarcelle.web.screens import GroupRequest, group_screen


@group_screen(may=Permission.SEE_CONTRACT, over_some_contract=True)
def contracts(request: GroupRequest) -> HttpResponse:
    """Those that run or will, then those behind. A market has catalogues instead."""
    if not request.group.is_amap:
        return redirect("web:catalogues", request.group.slug)
    rows = [row for row in contract_rows(request.group, request.today) if request.rights.may(Permission.SEE_CONTRACT, row.contract)]
    context = {
        "running": [row for row in rows if row.contract.ends_on >= request.today],
        "finished": [row for row in rows if row.contract.ends_on < request.today],
        "may_open": request.rights.may(Permission.MANAGE_CONTRACTS),
    }
    return render(request, "contracts/contracts.html", context)
