from escarcelle.ledger.models import Account, Book
def open_book(currency: str = "EUR") -> Book: return Book.objects.create(currency=currency)
def open_account(book_id: int, kind: str) -> Account:
    last = Account.objects.filter(book_id=book_id).order_by("-no").first()
    return Account.objects.create(book_id=book_id, no=(last.no if last else 0) + 1, kind=kind)
def singleton(book_id: int, kind: str) -> int:
    a = Account.objects.filter(book_id=book_id, kind=kind).first()
    return (a or open_account(book_id, kind)).no
