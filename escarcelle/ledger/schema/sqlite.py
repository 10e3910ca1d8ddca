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
    "CREATE UNIQUE INDEX ledger_account_singleton ON ledger_account (book_id, kind) WHERE kind <> 'member'",
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
  PRIMARY KEY (book_id, no),
  UNIQUE (book_id, ref),
  UNIQUE (book_id, reverses_no)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE ledger_operationtext (
  book_id INTEGER NOT NULL,
  operation_no INTEGER NOT NULL,
  label TEXT NOT NULL,
  reason TEXT NOT NULL,
  salt BLOB NOT NULL,
  PRIMARY KEY (book_id, operation_no),
  FOREIGN KEY (book_id, operation_no) REFERENCES ledger_operation (book_id, no)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE ledger_transfer (
  book_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  operation_no INTEGER NOT NULL,
  debit_no INTEGER NOT NULL,
  credit_no INTEGER NOT NULL,
  amount_cents INTEGER NOT NULL CHECK (amount_cents BETWEEN 1 AND 1000000000000000),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (book_id, seq),
  CHECK (debit_no <> credit_no),
  FOREIGN KEY (book_id, operation_no) REFERENCES ledger_operation (book_id, no),
  FOREIGN KEY (book_id, debit_no) REFERENCES ledger_account (book_id, no),
  FOREIGN KEY (book_id, credit_no) REFERENCES ledger_account (book_id, no)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX ledger_transfer_debit ON ledger_transfer (book_id, debit_no, seq)",
    "CREATE INDEX ledger_transfer_credit ON ledger_transfer (book_id, credit_no, seq)",
)

# BEFORE INSERT checks repeat what keys say, because INSERT OR REPLACE deletes the row in the way without asking the delete trigger.
TRIGGERS = (
    """CREATE TRIGGER ledger_operation_append BEFORE INSERT ON ledger_operation BEGIN
  SELECT RAISE (ABORT, 'ledger: wrong operation number') WHERE NOT EXISTS
    (SELECT 1 FROM ledger_book WHERE id = NEW.book_id AND last_operation_no = NEW.no - 1);
  SELECT RAISE (ABORT, 'ledger: ref already used') WHERE EXISTS
    (SELECT 1 FROM ledger_operation WHERE book_id = NEW.book_id AND ref = NEW.ref);
  SELECT RAISE (ABORT, 'ledger: wrong first transfer') WHERE NEW.first_seq IS NOT coalesce (
    (SELECT first_seq + transfer_count FROM ledger_operation WHERE book_id = NEW.book_id AND no = NEW.no - 1), 1);
  SELECT RAISE (ABORT, 'ledger: no transfer announced') WHERE NEW.transfer_count < 1 OR length (NEW.text_digest) <> 32 OR NEW.ref = '';
  SELECT RAISE (ABORT, 'ledger: already reversed') WHERE NEW.reverses_no IS NOT NULL AND EXISTS
    (SELECT 1 FROM ledger_operation WHERE book_id = NEW.book_id AND reverses_no = NEW.reverses_no);
  SELECT RAISE (ABORT, 'ledger: nothing to reverse') WHERE NEW.reverses_no IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM ledger_operation WHERE book_id = NEW.book_id AND no = NEW.reverses_no AND transfer_count = NEW.transfer_count);
END""",
    """CREATE TRIGGER ledger_operation_head AFTER INSERT ON ledger_operation BEGIN
  UPDATE ledger_book SET last_operation_no = NEW.no WHERE id = NEW.book_id;
END""",
    """CREATE TRIGGER ledger_operation_update BEFORE UPDATE ON ledger_operation
BEGIN SELECT RAISE (ABORT, 'ledger: append-only'); END""",
    """CREATE TRIGGER ledger_operation_delete BEFORE DELETE ON ledger_operation
BEGIN SELECT RAISE (ABORT, 'ledger: append-only'); END""",
    """CREATE TRIGGER ledger_transfer_append BEFORE INSERT ON ledger_transfer BEGIN
  SELECT RAISE (ABORT, 'ledger: wrong sequence') WHERE NOT EXISTS
    (SELECT 1 FROM ledger_book WHERE id = NEW.book_id AND last_seq = NEW.seq - 1);
  SELECT RAISE (ABORT, 'ledger: bad amount') WHERE typeof (NEW.amount_cents) <> 'integer'
    OR NEW.amount_cents NOT BETWEEN 1 AND 1000000000000000 OR NEW.debit_no = NEW.credit_no OR length (NEW.hash) <> 32;
  SELECT RAISE (ABORT, 'ledger: not of this operation') WHERE NOT EXISTS
    (SELECT 1 FROM ledger_operation WHERE book_id = NEW.book_id AND no = NEW.operation_no
      AND NEW.seq BETWEEN first_seq AND first_seq + transfer_count - 1);
  SELECT RAISE (ABORT, 'ledger: not the opposite') WHERE EXISTS
    (SELECT 1 FROM ledger_operation o JOIN ledger_operation r ON r.book_id = o.book_id AND r.no = o.reverses_no
      JOIN ledger_transfer t ON t.book_id = r.book_id AND t.seq = r.first_seq + NEW.seq - o.first_seq
      WHERE o.book_id = NEW.book_id AND o.no = NEW.operation_no
        AND NOT (t.debit_no = NEW.credit_no AND t.credit_no = NEW.debit_no AND t.amount_cents = NEW.amount_cents));
END""",
    """CREATE TRIGGER ledger_transfer_move AFTER INSERT ON ledger_transfer BEGIN
  UPDATE ledger_book SET last_seq = NEW.seq, last_hash = NEW.hash WHERE id = NEW.book_id;
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
  OR (NEW.kind <> 'member' AND EXISTS (SELECT 1 FROM ledger_account WHERE book_id = NEW.book_id AND kind = NEW.kind))
  OR NOT EXISTS (SELECT 1 FROM ledger_book WHERE id = NEW.book_id)
BEGIN SELECT RAISE (ABORT, 'ledger: account must be new and start at zero'); END""",
    """CREATE TRIGGER ledger_account_delete BEFORE DELETE ON ledger_account
BEGIN SELECT RAISE (ABORT, 'ledger: accounts stay'); END""",
    """CREATE TRIGGER ledger_book_update BEFORE UPDATE ON ledger_book
WHEN NEW.id IS NOT OLD.id OR NEW.currency IS NOT OLD.currency OR NOT (
  (NEW.last_seq = OLD.last_seq + 1 AND NEW.last_operation_no = OLD.last_operation_no AND EXISTS (
    SELECT 1 FROM ledger_transfer t WHERE t.book_id = NEW.id AND t.seq = NEW.last_seq AND t.hash = NEW.last_hash))
  OR (NEW.last_operation_no = OLD.last_operation_no + 1 AND NEW.last_seq = OLD.last_seq AND NEW.last_hash = OLD.last_hash AND EXISTS (
    SELECT 1 FROM ledger_operation o WHERE o.book_id = NEW.id AND o.no = NEW.last_operation_no)))
BEGIN SELECT RAISE (ABORT, 'ledger: book head is derived'); END""",
    """CREATE TRIGGER ledger_book_insert BEFORE INSERT ON ledger_book
WHEN NEW.last_seq <> 0 OR NEW.last_operation_no <> 0 OR NEW.last_hash <> zeroblob (32)
  OR EXISTS (SELECT 1 FROM ledger_book WHERE id = NEW.id)
BEGIN SELECT RAISE (ABORT, 'ledger: book must be new'); END""",
    """CREATE TRIGGER ledger_book_delete BEFORE DELETE ON ledger_book
BEGIN SELECT RAISE (ABORT, 'ledger: books stay'); END""",
    # Words are written once, with their operation, and may only be emptied.
    """CREATE TRIGGER ledger_text_insert BEFORE INSERT ON ledger_operationtext
WHEN EXISTS (SELECT 1 FROM ledger_operationtext WHERE book_id = NEW.book_id AND operation_no = NEW.operation_no)
  OR NOT EXISTS (SELECT 1 FROM ledger_operation o JOIN ledger_book b ON b.id = o.book_id
    WHERE o.book_id = NEW.book_id AND o.no = NEW.operation_no AND o.first_seq > b.last_seq)
BEGIN SELECT RAISE (ABORT, 'ledger: words come with their operation'); END""",
    """CREATE TRIGGER ledger_text_update BEFORE UPDATE ON ledger_operationtext
WHEN NEW.book_id IS NOT OLD.book_id OR NEW.operation_no IS NOT OLD.operation_no
  OR NEW.label <> '' OR NEW.reason <> '' OR length (NEW.salt) <> 0
BEGIN SELECT RAISE (ABORT, 'ledger: words may only be erased'); END""",
    """CREATE TRIGGER ledger_text_delete BEFORE DELETE ON ledger_operationtext
BEGIN SELECT RAISE (ABORT, 'ledger: words may only be erased'); END""",
)

GUARDS_IN_PLACE = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger\\_%' ESCAPE '\\' ORDER BY name"
