"""/api/v1: every operation, the document, the page to try them; whatever else is asked there is told in JSON that it does not exist."""

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Swagger
from ninja.errors import ValidationError, ValidationErrorContext

from escarcelle.api import (
    balance_transfers,
    balances,
    batches,
    books,
    catalogues,
    contracts,
    dated_orders,
    deliveries,
    group,
    imports,
    market_days,
    members,
    opening_balances,
    orders,
    payments,
    producers,
    subscriptions,
    tokens,
    validation,
    ways_to_pay,
)
from escarcelle.api.frame import problems
from escarcelle.api.frame.document import DESCRIPTION, complete
from escarcelle.api.frame.doors import Session, Token
from escarcelle.api.frame.json_body import StrictJson

SUBJECTS = (
    group,
    members,
    producers,
    contracts,
    deliveries,
    subscriptions,
    dated_orders,
    payments,
    batches,
    balances,
    opening_balances,
    balance_transfers,
    imports,
    books,
    tokens,
    catalogues,
    market_days,
    orders,
    validation,
    ways_to_pay,
)


class EscarcelleApi(NinjaAPI):
    """Ninja, with our problems and our document."""

    def validation_error_from_error_contexts(self, error_contexts: Sequence[ValidationErrorContext[Any]]) -> ValidationError:
        return problems.field_errors(error_contexts)

    _documents: ClassVar[dict[str, Any]] = {}

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> Any:
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        if prefix not in self._documents:
            self._documents[prefix] = complete(super().get_openapi_schema(path_prefix=prefix))
        return self._documents[prefix]


api = EscarcelleApi(
    title="Escarcelle",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    docs=Swagger(settings={"persistAuthorization": False, "docExpansion": "none"}),
    parser=StrictJson(),
    auth=[Token(), Session()],
)
problems.install(api)
for subject in SUBJECTS:
    api.add_router("", subject.operations.router)


def _with_problems(view: Callable[..., Any]) -> Callable[..., Any]:
    """Ninja answers an unknown method in plain text: say it as everything else. And nothing here is for a cache to keep."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            response = problems.method_not_allowed(response)
        response.headers["Cache-Control"] = "no-store"
        return response

    return answered


@csrf_exempt
def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """No operation has this address."""
    return problems.not_found()


NOT_OPERATIONS = ("openapi-json", "openapi-view", "api-root")


def _patterns() -> Iterator[URLPattern]:
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern):
            if pattern.name not in NOT_OPERATIONS:
                pattern.callback = _with_problems(pattern.callback)
            yield pattern


urlpatterns = [*_patterns(), path("<path:rest>", unknown, name="unknown")]
