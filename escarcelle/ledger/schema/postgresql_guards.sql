-- An operation, its text and its transfers are written by one statement (see ledger_post): the statement triggers, which fire
-- at its end, see it whole and refuse it whole. Every condition is written so that a NULL refuses: `IS NOT TRUE`.
-- Functions look their tables up in this schema before any temporary table of the same name: `SET search_path`.
-- Triggers are ENABLE ALWAYS: session_replication_role does not switch them off.

CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'ledger: % of % is refused: the books are append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = '23514';
END $$;

CREATE TRIGGER ledger_book_stays BEFORE DELETE ON ledger_book FOR EACH ROW EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER ledger_book_is_not_emptied BEFORE TRUNCATE ON ledger_book FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER ledger_account_stays BEFORE DELETE ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER ledger_account_is_not_emptied BEFORE TRUNCATE ON ledger_account FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER ledger_operation_is_kept BEFORE DELETE OR UPDATE ON ledger_operation FOR EACH ROW EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER ledger_operation_is_not_emptied BEFORE TRUNCATE ON ledger_operation FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER ledger_text_stays BEFORE DELETE ON ledger_operation_text FOR EACH ROW EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER ledger_text_is_not_emptied BEFORE TRUNCATE ON ledger_operation_text FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER ledger_transfer_is_kept BEFORE DELETE OR UPDATE ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER ledger_transfer_is_not_emptied BEFORE TRUNCATE ON ledger_transfer FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

-- Books and accounts: start at zero, then follow the transfers ---------------------------------------------------------

CREATE FUNCTION ledger_book_starts_empty() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
  IF (NEW.last_seq = 0 AND NEW.last_operation_no = 0 AND NEW.last_hash = decode(repeat('00', 32), 'hex')) IS NOT TRUE THEN
    RAISE EXCEPTION 'ledger: a book starts empty' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ledger_book_starts_empty BEFORE INSERT ON ledger_book FOR EACH ROW EXECUTE FUNCTION ledger_book_starts_empty();

CREATE FUNCTION ledger_book_head_is_derived() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
  IF (NEW.id = OLD.id AND NEW.currency = OLD.currency AND NEW.last_seq > OLD.last_seq
      AND EXISTS (SELECT 1 FROM ledger_transfer t WHERE t.book_id = NEW.id AND t.seq = NEW.last_seq
        AND t.operation_no = NEW.last_operation_no AND t.hash = NEW.last_hash)) IS NOT TRUE THEN
    RAISE EXCEPTION 'ledger: the head of a book is derived' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ledger_book_head_is_derived BEFORE UPDATE ON ledger_book FOR EACH ROW EXECUTE FUNCTION ledger_book_head_is_derived();

CREATE FUNCTION ledger_account_starts_at_zero() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
  IF (NEW.balance_cents = 0 AND NEW.last_seq = 0) IS NOT TRUE THEN
    RAISE EXCEPTION 'ledger: an account starts at zero' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ledger_account_starts_at_zero BEFORE INSERT ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_account_starts_at_zero();

CREATE FUNCTION ledger_account_balance_is_derived() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
  IF (NEW.book_id = OLD.book_id AND NEW.no = OLD.no AND NEW.kind = OLD.kind AND (
      (NEW.balance_cents = OLD.balance_cents AND NEW.last_seq = OLD.last_seq)
      OR (NEW.last_seq > OLD.last_seq AND EXISTS (
        SELECT 1 FROM ledger_transfer t WHERE t.book_id = NEW.book_id AND t.seq = NEW.last_seq AND (
          (t.debit_no = NEW.no AND t.debit_balance_cents = NEW.balance_cents)
          OR (t.credit_no = NEW.no AND t.credit_balance_cents = NEW.balance_cents)))))) IS NOT TRUE THEN
    RAISE EXCEPTION 'ledger: a balance is derived' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ledger_account_balance_is_derived BEFORE UPDATE ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_account_balance_is_derived();

-- Operations: follow one another without a gap, and come with their transfers -------------------------------------------

CREATE FUNCTION ledger_operations_written() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
  IF EXISTS (
      SELECT 1 FROM written o LEFT JOIN ledger_operation p ON p.book_id = o.book_id AND p.no = o.no - 1
      WHERE (o.first_seq = COALESCE(p.first_seq + p.transfer_count, 1) AND (p.no IS NOT NULL OR o.no = 1)) IS NOT TRUE) THEN
    RAISE EXCEPTION 'ledger: wrong operation number' USING ERRCODE = '23514';
  END IF;
  IF EXISTS (
      SELECT 1 FROM written o WHERE o.transfer_count <> (
        SELECT count(*) FROM ledger_transfer t WHERE t.book_id = o.book_id AND t.operation_no = o.no
          AND t.seq BETWEEN o.first_seq AND o.first_seq + o.transfer_count - 1)) THEN
    RAISE EXCEPTION 'ledger: an operation comes with its transfers' USING ERRCODE = '23514';
  END IF;
  IF EXISTS (SELECT 1 FROM written WHERE reverses_no IS NOT NULL) AND EXISTS (
      SELECT 1 FROM written o LEFT JOIN ledger_operation r ON r.book_id = o.book_id AND r.no = o.reverses_no
      WHERE o.reverses_no IS NOT NULL AND (r.no < o.no AND r.kind = o.kind AND r.transfer_count = o.transfer_count) IS NOT TRUE) THEN
    RAISE EXCEPTION 'ledger: a reversal is like what it reverses' USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER ledger_operations_written AFTER INSERT ON ledger_operation REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION ledger_operations_written();

-- Texts: those whose hash their operation carries, then only erased ------------------------------------------------------

CREATE FUNCTION ledger_texts_written() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
  IF EXISTS (
      SELECT 1 FROM written t LEFT JOIN ledger_operation o ON o.book_id = t.book_id AND o.no = t.operation_no
      WHERE o.text_hash IS DISTINCT FROM sha256(t.salt || convert_to(t.label || chr(31) || t.reason, 'UTF8'))) THEN
    RAISE EXCEPTION 'ledger: a text is the one its operation announces' USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER ledger_texts_written AFTER INSERT ON ledger_operation_text REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION ledger_texts_written();

CREATE FUNCTION ledger_text_is_only_erased() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
  IF (NEW.book_id = OLD.book_id AND NEW.operation_no = OLD.operation_no
      AND NEW.label = '' AND NEW.reason = '' AND NEW.salt = ''::bytea) IS NOT TRUE THEN
    RAISE EXCEPTION 'ledger: a text is kept or erased' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ledger_text_is_only_erased BEFORE UPDATE ON ledger_operation_text FOR EACH ROW EXECUTE FUNCTION ledger_text_is_only_erased();

-- Transfers: the next numbers of their book; they move the head first (one writer a book, no deadlock), then the balances ---

CREATE FUNCTION ledger_transfers_written() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
DECLARE
  book_count bigint;
  moved_count bigint;
BEGIN
  WITH heads AS (
    SELECT book_id, min(seq) AS first_seq, max(seq) AS last_seq, count(*) AS transfer_count FROM written GROUP BY book_id
  ), moved AS (
    UPDATE ledger_book b SET last_seq = t.seq, last_operation_no = t.operation_no, last_hash = t.hash
    FROM heads h JOIN written t ON t.book_id = h.book_id AND t.seq = h.last_seq
    WHERE b.id = h.book_id AND b.last_seq = h.first_seq - 1 AND h.last_seq - h.first_seq + 1 = h.transfer_count
    RETURNING 1
  ) SELECT (SELECT count(*) FROM heads), (SELECT count(*) FROM moved) INTO book_count, moved_count;
  IF book_count <> moved_count THEN
    RAISE EXCEPTION 'ledger: wrong sequence' USING ERRCODE = '23514';
  END IF;

  IF EXISTS (
      SELECT 1 FROM written t LEFT JOIN ledger_operation o ON o.book_id = t.book_id AND o.no = t.operation_no
      WHERE (t.seq BETWEEN o.first_seq AND o.first_seq + o.transfer_count - 1 AND (
        o.reverses_no IS NULL OR EXISTS (
          SELECT 1 FROM ledger_operation r
            JOIN ledger_transfer s ON s.book_id = r.book_id AND s.seq = r.first_seq + t.seq - o.first_seq
          WHERE r.book_id = o.book_id AND r.no = o.reverses_no
            AND s.debit_no = t.credit_no AND s.credit_no = t.debit_no AND s.amount_cents = t.amount_cents))) IS NOT TRUE) THEN
    RAISE EXCEPTION 'ledger: not a transfer of this operation' USING ERRCODE = '23514';
  END IF;

  IF EXISTS (
      SELECT 1 FROM (
        SELECT *, sum(moved_cents) OVER (PARTITION BY book_id, no ORDER BY seq) AS all_moved_cents FROM (
          SELECT book_id, seq, credit_no AS no, amount_cents AS moved_cents, credit_balance_cents AS balance_cents FROM written
          UNION ALL SELECT book_id, seq, debit_no, -amount_cents, debit_balance_cents FROM written) legs) leg
        LEFT JOIN ledger_account a ON a.book_id = leg.book_id AND a.no = leg.no
      WHERE (a.balance_cents + leg.all_moved_cents = leg.balance_cents AND leg.seq > a.last_seq AND a.closed_at IS NULL
        AND (a.floor_cents IS NULL OR leg.moved_cents > 0 OR leg.balance_cents >= a.floor_cents)) IS NOT TRUE) THEN
    RAISE EXCEPTION 'ledger: an account is unknown, closed, at its floor, or has another balance' USING ERRCODE = '23514';
  END IF;

  UPDATE ledger_account a SET balance_cents = leg.balance_cents, last_seq = leg.seq FROM (
    SELECT DISTINCT ON (book_id, no) * FROM (
      SELECT book_id, seq, credit_no AS no, credit_balance_cents AS balance_cents FROM written
      UNION ALL SELECT book_id, seq, debit_no, debit_balance_cents FROM written) legs
    ORDER BY book_id, no, seq DESC) leg
  WHERE a.book_id = leg.book_id AND a.no = leg.no;
  RETURN NULL;
END $$;

CREATE TRIGGER ledger_transfers_written AFTER INSERT ON ledger_transfer REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION ledger_transfers_written();

-- The one way in: any number of operations, one call ---------------------------------------------------------------------
-- Gives the number of the first operation, or NULL when something is to be explained (the caller looks for what, and says it):
-- a book or an account that is missing or closed, a ref already used, an operation already reversed.
-- `positions` says, for each transfer, which of the operations it belongs to (from 1).

CREATE FUNCTION ledger_post(
  of_book_id bigint, by_whom text, at timestamptz, refs text[], kinds text[], value_dates date[], abouts text[], reverses bigint[],
  counts integer[], labels text[], reasons text[], salts bytea[], positions integer[], debits bigint[], credits bigint[], amounts bigint[]
) RETURNS bigint LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
DECLARE
  head ledger_book;
  stamp text := to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US');
  text_hashes bytea[];
  first_seqs bigint[];
  records text[];
  hashes bytea[];
  chained bytea;
BEGIN
  SELECT * INTO head FROM ledger_book WHERE id = of_book_id FOR NO KEY UPDATE;
  IF NOT FOUND
      OR EXISTS (SELECT 1 FROM ledger_operation WHERE book_id = of_book_id AND ref = ANY (refs))
      OR (SELECT count(*) FROM ledger_account WHERE book_id = of_book_id AND no = ANY (debits || credits) AND closed_at IS NULL)
        <> (SELECT count(DISTINCT no) FROM unnest(debits || credits) AS no) THEN
    RETURN NULL;
  END IF;
  IF cardinality(array_remove(reverses, NULL)) > 0 AND EXISTS (
      SELECT 1 FROM unnest(reverses) AS wanted (no)
        JOIN ledger_operation o ON o.book_id = of_book_id AND o.reverses_no = wanted.no WHERE wanted.no IS NOT NULL) THEN
    RETURN NULL;
  END IF;

  SELECT array_agg(o.text_hash ORDER BY o.i), array_agg(o.first_seq ORDER BY o.i), array_agg(concat_ws(
      chr(31), o.kind, o.ref, encode(o.text_hash, 'hex'), to_char(o.value_date, 'YYYY-MM-DD'), stamp, by_whom, o.about,
      COALESCE(o.reverses_no::text, ''), o.first_seq, o.transfer_count) ORDER BY o.i)
    INTO text_hashes, first_seqs, records
    FROM (
      SELECT *, sha256(salt || convert_to(label || chr(31) || reason, 'UTF8')) AS text_hash,
        head.last_seq + 1 + sum(transfer_count) OVER (ORDER BY i) - transfer_count AS first_seq
      FROM unnest(refs, kinds, value_dates, abouts, reverses, counts, labels, reasons, salts) WITH ORDINALITY
        AS u (ref, kind, value_date, about, reverses_no, transfer_count, label, reason, salt, i)) o;

  chained := head.last_hash;
  FOR i IN 1 .. cardinality(amounts) LOOP
    chained := sha256(chained || convert_to(concat_ws(
      chr(31), of_book_id, head.last_seq + i, head.last_operation_no + positions[i], debits[i], credits[i], amounts[i],
      records[positions[i]]), 'UTF8'));
    hashes[i] := chained;
  END LOOP;

  WITH operations AS (
    INSERT INTO ledger_operation (book_id, no, kind, ref, text_hash, value_date, recorded_at, recorded_by, about, reverses_no,
        first_seq, transfer_count)
      SELECT of_book_id, head.last_operation_no + i, kind, ref, text_hash, value_date, at, by_whom, about, reverses_no,
        first_seq, transfer_count
      FROM unnest(refs, kinds, text_hashes, value_dates, abouts, reverses, first_seqs, counts) WITH ORDINALITY
        AS u (ref, kind, text_hash, value_date, about, reverses_no, first_seq, transfer_count, i)
  ), texts AS (
    INSERT INTO ledger_operation_text (book_id, operation_no, label, reason, salt)
      SELECT of_book_id, head.last_operation_no + i, label, reason, salt
      FROM unnest(labels, reasons, salts) WITH ORDINALITY AS u (label, reason, salt, i) WHERE salt <> ''::bytea
  ), transfers AS (
    SELECT * FROM unnest(positions, debits, credits, amounts, hashes) WITH ORDINALITY
      AS u (position, debit_no, credit_no, amount_cents, hash, i)
  ), legs AS (
    SELECT leg.i, leg.is_debit, a.balance_cents + sum(leg.moved_cents) OVER (PARTITION BY leg.no ORDER BY leg.i) AS balance_cents
    FROM (
      SELECT i, debit_no AS no, true AS is_debit, -amount_cents AS moved_cents FROM transfers
      UNION ALL SELECT i, credit_no, false, amount_cents FROM transfers) leg
      JOIN ledger_account a ON a.book_id = of_book_id AND a.no = leg.no
  ) INSERT INTO ledger_transfer (book_id, seq, operation_no, debit_no, credit_no, amount_cents, debit_balance_cents,
      credit_balance_cents, hash)
    SELECT of_book_id, head.last_seq + t.i, head.last_operation_no + t.position, t.debit_no, t.credit_no, t.amount_cents,
      debit.balance_cents, credit.balance_cents, t.hash
    FROM transfers t JOIN legs debit ON debit.i = t.i AND debit.is_debit JOIN legs credit ON credit.i = t.i AND NOT credit.is_debit;
  RETURN head.last_operation_no + 1;
END $$;
