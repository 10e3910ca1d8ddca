import datetime as dt

import pytest

from escarcelle.catalogs.catalogues import ProductTerms, change_product
from escarcelle.orders.models import OrderLine
from escarcelle.orders.ordering import OrderRefused
from escarcelle.payments.checkout import Wish, order
from escarcelle.payments.corrections import cancel_payment, correct_payment
from escarcelle.payments.promises import Named, receive
from escarcelle.payments.recording import Received, record_payment
from escarcelle.payments.ways import WaysRefused, switch_payments_off
from escarcelle.tills.day import Counted, count_till
from escarcelle.validation import exceptions as ex
from escarcelle.validation.baskets import validate_basket
from escarcelle.validation.cancelling import cancel_market_day
from escarcelle.validation.forcing import force
from escarcelle.validation.reopening import reopen_distribution
from escarcelle.validation.shortages import Rule
from tests.market_cast import MARKET_DAY, TODAY, at

pytestmark = pytest.mark.django_db
N = at(MARKET_DAY, 18)


def pend(b):
    return [(p.way, p.amount_cents) for p in b.promised_payments.filter(state="pending").order_by("pk")]


def test_reduce_after_stock_lowered(market):
    m = market
    m.offer(cash=True)
    m.order("Ana A", {m.courgettes: 4}, way="cash")
    m.order("Bob B", {m.courgettes: 4}, way="cash")
    change_product(product=m.courgettes, terms=ProductTerms("Courgettes, le filet", 350, stock_per_delivery=5), on=TODAY, by=m.admin)
    m.order("Ana A", {m.courgettes: 3})


def test_cancel_after_stock_lowered(market):
    m = market
    m.offer(cash=True)
    m.order("Ana A", {m.courgettes: 4}, way="cash")
    m.order("Bob B", {m.courgettes: 6}, way="cash")
    change_product(product=m.courgettes, terms=ProductTerms("Courgettes, le filet", 350, stock_per_delivery=5), on=TODAY, by=m.admin)
    m.order("Ana A", {m.courgettes: 0})


def test_two_promises_back(market):
    m = market
    m.offer(cash=True, cheque=True)
    b = m.order("Ana A", {m.courgettes: 1}, way="on_the_spot")
    p1 = b.promised_payments.get()
    pay1 = receive(promise=p1, named=Named("cash", TODAY), by=m.admin, today=TODAY)
    m.order("Ana A", {m.courgettes: 2}, way="on_the_spot")
    cancel_payment(payment=pay1, reason="x", on=TODAY, by=m.admin)
    assert sum(c for _, c in pend(b)) == 700


def test_undelivered_undo_keeps_promise(market):
    m = market
    m.offer(cash=True, cheque=True)
    b = m.order("Ana A", {m.courgettes: 1}, way="on_the_spot")
    l = b.lines.get()
    ex.set_undelivered(line=l, count=1, at=N, by=m.admin)
    ex.set_undelivered(line=l, count=0, at=N, by=m.admin)
    assert pend(b) == [("on_the_spot", 350)]


def test_weighed_then_undelivered_undo(market):
    m = market
    m.offer(cash=True, cheque=True)
    b = m.order("Ana A", {m.chicken: 1, m.bread: 1}, way="on_the_spot")
    l = b.lines.get(product=m.chicken)
    ex.weigh(line=l, grams=1652, at=N, by=m.admin)
    before = m.balance("Ana A")
    ex.set_undelivered(line=l, count=1, at=N, by=m.admin)
    ex.set_undelivered(line=l, count=0, at=N, by=m.admin)
    assert m.balance("Ana A") == before


def test_weighed_then_partly_undelivered(market):
    m = market
    m.offer(cash=True, cheque=True)
    b = m.order("Ana A", {m.potatoes: 4}, way="on_the_spot")
    l = b.lines.get()
    ex.weigh(line=l, grams=2000, at=N, by=m.admin)
    before = m.balance("Ana A")
    out = ex.set_undelivered(line=l, count=2, at=N, by=m.admin)
    assert out.difference_cents < 0, (before, m.balance("Ana A"))


def test_shortage_partly_on_weighed(market):
    m = market
    m.offer(cash=True, cheque=True)
    b = m.order("Ana A", {m.potatoes: 4}, way="on_the_spot")
    ex.weigh(line=b.lines.get(), grams=2000, at=N, by=m.admin)
    out = ex.share_out_shortage(distribution=m.day, product=m.potatoes, delivered=2, rule=Rule.PROPORTIONAL, at=N, by=m.admin)
    assert out.difference_cents < 0


def test_shortage_counts_validated(market):
    m = market
    m.offer(cash=True)
    a = m.order("Ana A", {m.courgettes: 5}, way="cash")
    b = m.order("Bob B", {m.courgettes: 5}, way="cash")
    receive(promise=a.promised_payments.get(), named=Named("cash", MARKET_DAY), by=m.admin, today=MARKET_DAY)
    validate_basket(basket=a, at=N, by=m.admin)
    # 7 came in all
    ex.share_out_shortage(distribution=m.day, product=m.courgettes, delivered=5, rule=Rule.PROPORTIONAL, at=N, by=m.admin)
    assert sum(x.delivered for x in OrderLine.objects.filter(product=m.courgettes)) == 5, [
        x.delivered for x in OrderLine.objects.filter(product=m.courgettes)
    ]


def test_price_changed_then_added(market):
    m = market
    m.offer(cash=True)
    a = m.order("Ana A", {m.courgettes: 1}, way="cash")
    ex.change_price(distribution=m.day, product=m.courgettes, price_cents=300, at=N, by=m.admin)
    ex.add_on_the_spot(basket=a, product=m.courgettes, quantity=1, at=N, by=m.admin)
    assert m.balance("Ana A") == -600


def test_price_change_undo_two_prices(market):
    m = market
    m.offer(cash=True)
    m.order("Ana A", {m.courgettes: 1}, way="cash")
    change_product(product=m.courgettes, terms=ProductTerms("Courgettes, le filet", 380), on=TODAY, by=m.admin)
    m.order("Bob B", {m.courgettes: 1}, way="cash")
    ba = m.balance("Ana A"), m.balance("Bob B")
    ex.change_price(distribution=m.day, product=m.courgettes, price_cents=300, at=N, by=m.admin)
    ex.change_price(distribution=m.day, product=m.courgettes, price_cents=350, at=N, by=m.admin)
    assert (m.balance("Ana A"), m.balance("Bob B")) == ba


def test_add_negative(market):
    m = market
    m.offer(cash=True)
    a = m.order("Ana A", {m.courgettes: 2}, way="cash")
    with pytest.raises(Exception):
        ex.add_on_the_spot(basket=a, product=m.courgettes, quantity=-1, at=N, by=m.admin)


def test_cancelled_day_revived(market):
    m = market
    m.offer(cash=True)
    a = m.order("Ana A", {m.courgettes: 2}, way="cash")
    cancel_market_day(distribution=m.day, reason="neige", at=m.now, by=m.admin)
    assert m.balance("Ana A") == 0
    with pytest.raises(Exception):
        ex.set_undelivered(line=a.lines.get(), count=0, at=N, by=m.admin)


def test_cancelled_day_shortage(market):
    m = market
    m.offer(cash=True)
    a = m.order("Ana A", {m.courgettes: 2}, way="cash")
    cancel_market_day(distribution=m.day, reason="neige", at=m.now, by=m.admin)
    with pytest.raises(Exception):
        ex.share_out_shortage(distribution=m.day, product=m.courgettes, delivered=2, rule=Rule.PROPORTIONAL, at=N, by=m.admin)


def test_cancelled_day_replanned(market):
    m = market
    m.offer(cash=True)
    cancel_market_day(distribution=m.day, reason="neige", at=m.now, by=m.admin)
    try:
        d = m.plan(MARKET_DAY)
    except Exception as e:
        print(e)
        return
    m.order("Ana A", {m.courgettes: 2}, way="cash", day=d)


def test_cancelled_with_coordinator_more(market):
    m = market
    m.offer(cash=True)
    a = m.order("Ana A", {m.courgettes: 3}, way="cash")
    cancel_market_day(distribution=m.day, reason="neige", at=m.now, by=m.admin)
    assert pend(a) == []
    force(distribution=m.day, method="cash", at=N, by=m.admin)


def test_money_pot_switch_then_reduce(market):
    m = market
    m.offer(cash=True)
    b = m.order("Ana A", {m.courgettes: 3}, way="cash")
    m.offer(money_pot=True, negative_money_pot=True)
    m.order("Ana A", {m.courgettes: 1})
    assert pend(b) == [("cash", 350)]


def test_off_then_reduce(market):
    m = market
    m.offer(cash=True)
    b = m.order("Ana A", {m.courgettes: 3}, way="cash")
    switch_payments_off(group=m.group, by=m.admin)
    m.order("Ana A", {m.courgettes: 1})
    assert pend(b) == [("cash", 350)]


def test_money_pot_with_way(market):
    m = market
    m.offer(money_pot=True, negative_money_pot=True)
    with pytest.raises(WaysRefused):
        m.order("Ana A", {m.courgettes: 3}, way="cash")


def test_money_pot_added_on_the_spot(market):
    m = market
    m.offer(money_pot=True)
    record_payment(account=m.account("Ana A"), received=Received(350, "cash", TODAY), on=TODAY, by=m.admin)
    b = m.order("Ana A", {m.courgettes: 1})
    assert m.balance("Ana A") == 0
    with pytest.raises(WaysRefused):
        ex.add_on_the_spot(basket=b, product=m.courgettes, quantity=1, at=N, by=m.admin)


def test_money_pot_give(market):
    m = market
    m.offer(money_pot=True, negative_money_pot=True, small_difference="give", small_difference_cents=400)
    b = m.order("Ana A", {m.courgettes: 1})
    force(distribution=m.day, method="cash", at=N, by=m.admin)
    assert m.balance("Ana A") == -350


def test_extra_payment_then_force(market):
    m = market
    m.offer(cash=True)
    b = m.order("Ana A", {m.courgettes: 2}, way="cash")
    record_payment(account=m.account("Ana A"), received=Received(700, "cheque", MARKET_DAY), on=MARKET_DAY, by=m.admin, basket=b)
    force(distribution=m.day, method="cash", at=N, by=m.admin)
    assert m.balance("Ana A") == 0


def test_take_off_undelivered(market):
    m = market
    m.offer(cash=True)
    b = m.order("Ana A", {m.courgettes: 3}, way="cash")
    ex.set_undelivered(line=b.lines.get(), count=2, at=N, by=m.admin)
    m.order("Ana A", {m.courgettes: 2}, by=m.admin, now=N)
    assert b.lines.get().delivered == 1


def test_force_retype_cancel_reopen(market):
    m = market
    m.offer(cash=True, cheque=True)
    b = m.order("Ana A", {m.courgettes: 3}, way="on_the_spot")
    force(distribution=m.day, method="cash", at=N, by=m.admin)
    p = b.payments.get()
    c = correct_payment(payment=p, received=Received(1050, "cheque", MARKET_DAY), reason="x", on=MARKET_DAY, by=m.admin)
    r = reopen_distribution(distribution=m.day, reason="x", at=N, by=m.admin)
    assert m.balance("Ana A") == 0
    cancel_payment(payment=c, reason="jamais vu", on=MARKET_DAY, by=m.admin)
    assert pend(b) == [("on_the_spot", 1050)]


def test_dst(market):
    m = market
    from escarcelle.distributions.models import Distribution
    from escarcelle.validation.opening import opens_at

    d = Distribution(on=dt.date(2027, 3, 28), starts_at=dt.time(3, 15), ends_at=dt.time(4))
    assert d.starts.astimezone(dt.UTC) - opens_at(d).astimezone(dt.UTC) == dt.timedelta(minutes=30)


def test_count_future_empty(market):
    m = market
    m.offer(cash=True)
    with pytest.raises(Exception):
        count_till(distribution=m.day, counted=Counted(0, 0, 0), on=TODAY, by=m.admin)


def test_plan_into_validated(market):
    m = market
    m.offer(cash=True)
    b = m.order("Ana A", {m.courgettes: 3}, way="cash")
    force(distribution=m.day, method="cash", at=N, by=m.admin)
    with pytest.raises(Exception):
        m.plan(MARKET_DAY)


def test_plan_other_hour(market):
    m = market
    from escarcelle.distributions.market_days import MarketDayRefused

    with pytest.raises(MarketDayRefused):
        m.plan(MARKET_DAY, starts_at=dt.time(19), closes_at=at(MARKET_DAY, 18, 30))


def test_huge_product_id(market):
    m = market
    m.offer(cash=True)
    a = m.client("Ana A")
    with pytest.raises(OrderRefused):
        order(distribution=m.day, member=a, wish=Wish({10**30: 1}, "cash"), at=m.now, by=a)


def test_float_kept_nothing(market):
    m = market
    m.offer(cash=True)
    b = m.order("Ana A", {m.courgettes: 2}, way="cash")
    force(distribution=m.day, method="cash", at=N, by=m.admin)
    count_till(distribution=m.day, counted=Counted(15000, 15700, 0), on=MARKET_DAY, by=m.admin)
    from escarcelle.ledger.models import Account

    assert [x.balance_cents for x in Account.objects.filter(book=m.group.book_id, kind="cash")] == [0]
