"""The ledger on SQLite: STRICT tables, and triggers that no pragma switches off."""

TABLES = (
    """CREATE TABLE ledger_book (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  last_seq INTEGER NOT NULL DEFAULT 0,
  last_operation_no INTEGER NOT NULL DEFAULT 0,
  last_hash BLOB NOT NULL DEFAULT (zeroblob(32))) STRICT""",
    """CREATE TABLE ledger_account (
  book_id INTEGER NOT NULL REFERENCES ledger_book (id),
  no INTEGER NOT NULL,
  kind TEXT NOT NULL,
  balance_cents INTEGER NOT NULL DEFAULT 0,
  last_seq INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (book_id, no)) STRICT, WITHOUT ROWID""",
    "CREATE UNIQUE INDEX ledger_account_singleton ON ledger_account (book_id, kind) WHERE kind NOT IN ('member', 'supplier')",
    """CREATE TABLE ledger_operation (
  book_id INTEGER NOT NULL REFERENCES ledger_book (id),
  no INTEGER NOT NULL,
  ref TEXT NOT NULL CHECK (ref <> ''),
  kind TEXT NOT NULL,
  value_date TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  by TEXT NOT NULL,
  about TEXT NOT NULL,
  reverses_no INTEGER,
  first_seq INTEGER NOT NULL,
  transfer_count INTEGER NOT NULL CHECK (transfer_count > 0),
  text_digest BLOB NOT NULL CHECK (length(text_digest) = 32),
  -- Words may name a person: they and their salt may be erased, the digest that was sealed stays.
  label TEXT NOT NULL,
  reason TEXT NOT NULL,
  salt BLOB NOT NULL,
  last_seq INTEGER NOT NULL GENERATED ALWAYS AS (first_seq + transfer_count - 1) STORED,
  PRIMARY KEY (book_id, no),
  UNIQUE (ref, book_id),
  -- SQLite asks at each new transfer whether an operation was waiting for it.
  UNIQUE (last_seq, book_id),
  -- An operation whose last transfer is not there at COMMIT was never made: there is no gap, so all the others are there too.
  FOREIGN KEY (book_id, last_seq) REFERENCES ledger_transfer (book_id, seq) DEFERRABLE INITIALLY DEFERRED) STRICT, WITHOUT ROWID""",
    # Of reversals alone: an index where nearly every row says nothing would be taken for a poor one.
    "CREATE UNIQUE INDEX ledger_operation_reversed_once ON ledger_operation (reverses_no, book_id) WHERE reverses_no IS NOT NULL",
    """CREATE TABLE ledger_transfer (
  book_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  operation_no INTEGER NOT NULL,
  debit_no INTEGER NOT NULL,
  credit_no INTEGER NOT NULL,
  amount_cents INTEGER NOT NULL CHECK (amount_cents BETWEEN 1 AND 1000000000000000),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (book_id, seq),
  -- Its operation and its accounts are looked up by the triggers, which hold with foreign keys off: a key would look again.
  CHECK (debit_no <> credit_no)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX ledger_transfer_debit ON ledger_transfer (debit_no, book_id, seq)",
    "CREATE INDEX ledger_transfer_credit ON ledger_transfer (credit_no, book_id, seq)",
)

# BEFORE INSERT checks repeat what keys say, because INSERT OR REPLACE deletes the row in the way without asking the delete trigger.
TRIGGERS = (
    # Operations come first, and the head of the book moves with their transfers. Whoever switches foreign keys off could leave an
    # operation ahead of the head, and nobody can switch them off within a transaction: so the first one ahead asks.
    """CREATE TRIGGER ledger_operation_append BEFORE INSERT ON ledger_operation BEGIN
  SELECT RAISE (ABORT, 'ledger: foreign keys are off') FROM ledger_book
    WHERE id = NEW.book_id AND last_operation_no = NEW.no - 1 AND (SELECT foreign_keys FROM pragma_foreign_keys) = 0;
  SELECT RAISE (ABORT, 'ledger: no such book') WHERE NOT EXISTS (SELECT 1 FROM ledger_book WHERE id = NEW.book_id);
  SELECT RAISE (ABORT, 'ledger: wrong operation number') WHERE NEW.no <> 1 + coalesce (
    (SELECT no FROM ledger_operation WHERE book_id = NEW.book_id ORDER BY no DESC LIMIT 1), 0);
  SELECT RAISE (ABORT, 'ledger: wrong first transfer') WHERE NEW.first_seq <> 1 + coalesce (
    (SELECT last_seq FROM ledger_operation WHERE book_id = NEW.book_id AND no = NEW.no - 1), 0);
  SELECT RAISE (ABORT, 'ledger: ref already used') WHERE EXISTS
    (SELECT 1 FROM ledger_operation WHERE book_id = NEW.book_id AND ref = NEW.ref);
  SELECT RAISE (ABORT, 'ledger: no transfer announced') WHERE NEW.transfer_count < 1 OR length (NEW.text_digest) <> 32 OR NEW.ref = '';
  SELECT RAISE (ABORT, 'ledger: already reversed') WHERE NEW.reverses_no IS NOT NULL AND EXISTS
    (SELECT 1 FROM ledger_operation WHERE book_id = NEW.book_id AND reverses_no = NEW.reverses_no);
  SELECT RAISE (ABORT, 'ledger: nothing to reverse') WHERE NEW.reverses_no IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM ledger_operation WHERE book_id = NEW.book_id AND no = NEW.reverses_no AND transfer_count = NEW.transfer_count);
END""",
    """CREATE TRIGGER ledger_operation_update BEFORE UPDATE ON ledger_operation
WHEN NEW.label <> '' OR NEW.reason <> '' OR length (NEW.salt) <> 0
  OR (NEW.book_id, NEW.no, NEW.ref, NEW.kind, NEW.value_date, NEW.recorded_at, NEW.by, NEW.about, NEW.reverses_no, NEW.first_seq,
      NEW.transfer_count, NEW.text_digest) IS NOT
    (OLD.book_id, OLD.no, OLD.ref, OLD.kind, OLD.value_date, OLD.recorded_at, OLD.by, OLD.about, OLD.reverses_no, OLD.first_seq,
      OLD.transfer_count, OLD.text_digest)
BEGIN SELECT RAISE (ABORT, 'ledger: append-only, but for erasing words'); END""",
    """CREATE TRIGGER ledger_operation_delete BEFORE DELETE ON ledger_operation
BEGIN SELECT RAISE (ABORT, 'ledger: append-only'); END""",
    """CREATE TRIGGER ledger_transfer_append BEFORE INSERT ON ledger_transfer BEGIN
  SELECT RAISE (ABORT, 'ledger: wrong sequence') WHERE NOT EXISTS
    (SELECT 1 FROM ledger_book WHERE id = NEW.book_id AND last_seq = NEW.seq - 1);
  SELECT RAISE (ABORT, 'ledger: bad amount') WHERE typeof (NEW.amount_cents) <> 'integer'
    OR NEW.amount_cents NOT BETWEEN 1 AND 1000000000000000 OR NEW.debit_no = NEW.credit_no OR length (NEW.hash) <> 32;
  SELECT RAISE (ABORT, 'ledger: not of this operation') WHERE NOT EXISTS
    (SELECT 1 FROM ledger_operation WHERE book_id = NEW.book_id AND no = NEW.operation_no AND NEW.seq BETWEEN first_seq AND last_seq);
  SELECT RAISE (ABORT, 'ledger: not the opposite') FROM ledger_operation o
    WHERE o.book_id = NEW.book_id AND o.no = NEW.operation_no AND o.reverses_no IS NOT NULL AND NOT EXISTS
      (SELECT 1 FROM ledger_operation r JOIN ledger_transfer t ON t.book_id = r.book_id AND t.seq = r.first_seq + NEW.seq - o.first_seq
        WHERE r.book_id = NEW.book_id AND r.no = o.reverses_no
          AND t.debit_no = NEW.credit_no AND t.credit_no = NEW.debit_no AND t.amount_cents = NEW.amount_cents);
END""",
    """CREATE TRIGGER ledger_transfer_move AFTER INSERT ON ledger_transfer BEGIN
  UPDATE ledger_book SET last_seq = NEW.seq, last_operation_no = NEW.operation_no, last_hash = NEW.hash WHERE id = NEW.book_id;
  UPDATE ledger_account SET balance_cents = balance_cents - NEW.amount_cents, last_seq = NEW.seq
    WHERE book_id = NEW.book_id AND no = NEW.debit_no;
  SELECT RAISE (ABORT, 'ledger: no such debit account') WHERE changes () <> 1;
  UPDATE ledger_account SET balance_cents = balance_cents + NEW.amount_cents, last_seq = NEW.seq
    WHERE book_id = NEW.book_id AND no = NEW.credit_no;
  SELECT RAISE (ABORT, 'ledger: no such credit account') WHERE changes () <> 1;
END""",
    """CREATE TRIGGER ledger_transfer_update BEFORE UPDATE ON ledger_transfer
BEGIN SELECT RAISE (ABORT, 'ledger: append-only'); END""",
    """CREATE TRIGGER ledger_transfer_delete BEFORE DELETE ON ledger_transfer
BEGIN SELECT RAISE (ABORT, 'ledger: append-only'); END""",
    # A balance moves only by the amount of a newer transfer of that account: one look at the primary key.
    """CREATE TRIGGER ledger_account_update BEFORE UPDATE ON ledger_account
WHEN NEW.book_id IS NOT OLD.book_id OR NEW.no IS NOT OLD.no OR NEW.kind IS NOT OLD.kind OR NEW.last_seq <= OLD.last_seq OR NOT EXISTS (
  SELECT 1 FROM ledger_transfer t WHERE t.book_id = NEW.book_id AND t.seq = NEW.last_seq AND (
    (t.debit_no = NEW.no AND NEW.balance_cents = OLD.balance_cents - t.amount_cents) OR
    (t.credit_no = NEW.no AND NEW.balance_cents = OLD.balance_cents + t.amount_cents)))
BEGIN SELECT RAISE (ABORT, 'ledger: balance is derived'); END""",
    """CREATE TRIGGER ledger_account_insert BEFORE INSERT ON ledger_account
WHEN NEW.balance_cents <> 0 OR NEW.last_seq <> 0
  OR EXISTS (SELECT 1 FROM ledger_account WHERE book_id = NEW.book_id AND no = NEW.no)
  OR (NEW.kind NOT IN ('member', 'supplier') AND EXISTS (SELECT 1 FROM ledger_account WHERE book_id = NEW.book_id AND kind = NEW.kind))
  OR NOT EXISTS (SELECT 1 FROM ledger_book WHERE id = NEW.book_id)
BEGIN SELECT RAISE (ABORT, 'ledger: account must be new and start at zero'); END""",
    """CREATE TRIGGER ledger_account_delete BEFORE DELETE ON ledger_account
BEGIN SELECT RAISE (ABORT, 'ledger: accounts stay'); END""",
    """CREATE TRIGGER ledger_book_update BEFORE UPDATE ON ledger_book
WHEN NEW.id IS NOT OLD.id OR NEW.currency IS NOT OLD.currency OR NEW.last_seq <> OLD.last_seq + 1 OR NOT EXISTS (
  SELECT 1 FROM ledger_transfer t WHERE t.book_id = NEW.id AND t.seq = NEW.last_seq AND t.hash = NEW.last_hash
    AND t.operation_no = NEW.last_operation_no)
BEGIN SELECT RAISE (ABORT, 'ledger: book head is derived'); END""",
    """CREATE TRIGGER ledger_book_insert BEFORE INSERT ON ledger_book
WHEN NEW.last_seq <> 0 OR NEW.last_operation_no <> 0 OR NEW.last_hash <> zeroblob (32)
  OR EXISTS (SELECT 1 FROM ledger_book WHERE id = NEW.id)
BEGIN SELECT RAISE (ABORT, 'ledger: book must be new'); END""",
    """CREATE TRIGGER ledger_book_delete BEFORE DELETE ON ledger_book
BEGIN SELECT RAISE (ABORT, 'ledger: books stay'); END""",
)

# Everything of ours that stands, with its text; of tables the name alone, since a migration may add a column.
GUARDS_IN_PLACE = "SELECT name, CASE type WHEN 'table' THEN '' ELSE sql END FROM sqlite_master WHERE name LIKE 'ledger\\_%' ESCAPE '\\'"


def kept_text(statement: str) -> str:
    """What is compared of a statement: all of it, unless it makes a table."""
    return "" if statement.startswith("CREATE TABLE") else statement
