from django.db.models import Q
from escarcelle.ledger.models import Operation
def has_other_kinds(book_id, no, kinds):
    return Operation.objects.filter(Q(debit_no=no) | Q(credit_no=no), book_id=book_id).exclude(kind__in=kinds).exists()
