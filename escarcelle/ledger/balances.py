from escarcelle.ledger.models import Account, Operation
def balance(book_id, no): return Account.objects.get(book_id=book_id, no=no).balance_cents
def balances(book_id, nos): return dict(Account.objects.filter(book_id=book_id, no__in=nos).values_list("no", "balance_cents"))
def total_by_kind(book_id, nos, kinds):
    out = {n: 0 for n in nos}
    for d, c, a in Operation.objects.filter(book_id=book_id, kind__in=kinds).values_list("debit_no", "credit_no", "amount_cents"):
        if d in out: out[d] -= a
        if c in out: out[c] += a
    return out
