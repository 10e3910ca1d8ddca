// Amounts, days and series as the server reads them (lib/money.py, lib/dates.py, lib/cheque_series.py), for comfort only:
// what counts is read again there. Refusals carry the server's own sentence, by its code.

export class Refusal extends Error {
  constructor(kind, code, fields = {}) {
    super(code);
    Object.assign(this, { kind, code, fields });
  }
}

export const quoted = (typed) => {
  const line = typed.replace(/\p{C}/gu, " ").trim().replace(/\s+/g, " ");
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
};

const MINUS_SIGNS = /^([+\u2010-\u2013\u2212\ufe63\uff0d-])\s*/;
const CURRENCY = /^(?:€|EUR)\s*|\s*(?:€|EUR|euros?)$/i;
const PLAIN = /^([0-9]+)(?:([.,])([0-9]*))?$/;
const THOUSANDS = /^([0-9]{1,3}(?:([ .,'’])[0-9]{3})(?:\2[0-9]{3})*)(?:([.,])([0-9]*))?$/;
const MAX_EURO_DIGITS = 10;
export const MAX_CHEQUES = 60;

// "57,75" and "1 234,50 €" in French, "57.75" and "€1,234.50" in English, as in lib/money.py.
const isEnglish = document.documentElement.lang.startsWith("en");
const written = (cents, thousands, currency) => {
  const euros = String(Math.floor(Math.abs(cents) / 100)).replace(/\B(?=(\d{3})+$)/g, thousands);
  return `${cents < 0 ? "\u2212" : ""}${currency}${euros}${isEnglish ? "." : ","}${String(Math.abs(cents) % 100).padStart(2, "0")}`;
};
export const plainAmount = (cents) => written(cents, "", "");
export const formatSignedCents = (cents) => `${cents > 0 ? "+" : ""}${formatCents(cents)}`;
export const formatCents = (cents) => (isEnglish ? written(cents, ",", "€") : `${written(cents, "\u202f", "")}\u00a0€`);

const notAnAmount = (code, text, fields = {}) => new Refusal("amount", code, { typed: quoted(text), ...fields });

// Cents of an amount as typed, below zero only where the server takes it so. Whole numbers all along: no fraction is ever computed.
export const parseAmount = (text, { allowNegative = false } = {}) => {
  let digits = text.trim().replace(/\s+/g, " ").replace(CURRENCY, "");
  if (!text.trim()) throw notAnAmount("empty", text);
  const sign = digits.match(MINUS_SIGNS);
  if (sign) digits = digits.slice(sign[0].length).replace(CURRENCY, "");
  if (/^[0-9.,]+\s*e\s*[+-]?[0-9]+$/i.test(digits)) throw notAnAmount("scientific", text);
  const cents = readDigits(digits, text);
  const isNegative = sign && sign[1] !== "+" && cents > 0;
  if (isNegative && !allowNegative) throw notAnAmount("negative", text);
  return isNegative ? -cents : cents;
};

const readDigits = (digits, typed) => {
  const plain = digits.match(PLAIN);
  const grouped = plain ? null : digits.match(THOUSANDS);
  if (!plain && !grouped) throw notAnAmount("unreadable", typed);
  const [euros, mark, decimals] = plain ? plain.slice(1) : [grouped[1].replace(/[^0-9]/g, ""), grouped[3], grouped[4]];
  if (grouped && mark && mark === grouped[2]) throw notAnAmount("unreadable", typed);
  if (euros.replace(/^0+/, "").length > MAX_EURO_DIGITS) throw notAnAmount("too_large", typed);
  if (mark && !decimals) throw notAnAmount("cents_missing", typed, { below: formatCents(Number(euros) * 100) });
  if (decimals && decimals.length > 2) throw tooManyDecimals(euros, mark, decimals, typed);
  return Number(euros) * 100 + Number((decimals || "0").padEnd(2, "0"));
};

const tooManyDecimals = (euros, mark, decimals, typed) => {
  const cents = Number(euros) * 100 + Number(decimals.slice(0, 2));
  const [below, above] = [formatCents(cents), formatCents(cents + 1)];
  if (mark === "." && decimals.length === 3 && euros.length <= 3 && euros !== "0")
    return notAnAmount("cents_or_thousands", typed, { below, thousands: formatCents(Number(euros + decimals) * 100) });
  if (decimals.length > 3) return notAnAmount("too_many_decimals", typed, { count: decimals.length, below, above });
  return notAnAmount(decimals.endsWith("0") ? "third_decimal_zero" : "three_decimals", typed, { below, above });
};

const TIMES = /^=?\s*([0-9]{1,9})\s*[x×*✕]\s*(\S.*)$/i;
const COUNT = /^=?\s*([0-9]{1,9})\s*(?:ch|chq|chèques?|cheques?)\.?$/i;
const FORMULA = /^=\s*(\S.*)$/;

const notASeries = (code, text, fields = {}) => new Refusal("series", code, { typed: quoted(text), ...fields });

export const isSeries = (text) => TIMES.test(text.trim()) || COUNT.test(text.trim());

// "57,75", "=3×57,75", "6 chèques": one amount in cents a cheque; the last one takes the cents.
export const parseCell = (text, outstandingCents) => {
  const trimmed = text.trim().replace(/\s+/g, " ");
  const counted = trimmed.match(COUNT);
  if (counted) return split(outstandingCents, chequeCount(counted[1], text), text);
  const times = trimmed.match(TIMES);
  const count = times ? chequeCount(times[1], text) : 1;
  const cents = parseAmount(times ? times[2] : (trimmed.match(FORMULA)?.[1] ?? text));
  if (cents === 0) throw notASeries("zero", text);
  return Array(count).fill(cents);
};

const chequeCount = (digits, typed) => {
  const count = Number(digits);
  if (count === 0) throw notASeries("no_cheque", typed);
  if (count > MAX_CHEQUES) throw notASeries("too_many_cheques", typed, { most: MAX_CHEQUES });
  return count;
};

const split = (cents, count, typed) => {
  if (cents <= 0) throw notASeries("nothing_outstanding", typed, { count });
  if (cents < count) throw notASeries("less_than_a_cent", typed, { count, outstanding: formatCents(cents) });
  const part = Math.floor(cents / count);
  return [...Array(count - 1).fill(part), cents - part * (count - 1)];
};

// "0998", 3 → 0998, 0999, 1000. Numbers of twenty digits: counted as BigInt.
export const followingNumbers = (first, count) => {
  const number = first.trim();
  if (!number) return Array(count).fill("");
  if (count === 1) return [number];
  if (!/^[0-9]{1,20}$/.test(number)) throw notASeries("not_a_number", first);
  const numbers = Array.from({ length: count }, (_, rank) => String(BigInt(number) + BigInt(rank)));
  if (numbers.at(-1).length > number.length) throw notASeries("number_exhausted", first);
  return numbers.map((next) => next.padStart(number.length, "0"));
};

const ISO = /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$/;
const FRENCH = /^([0-9]{1,2})([/.\- ])([0-9]{1,2})(?:\2([0-9]{4}|[0-9]{2}))?$/;
const notADate = (code, text, fields = {}) => new Refusal("day", code, { typed: quoted(text), ...fields });

const twoDigits = (number) => String(number).padStart(2, "0");
// A day is {year, month, day}: no clock, no time zone. Its order is that of its ISO writing.
export const formatDay = ({ year, month, day }) => `${twoDigits(day)}/${twoDigits(month)}/${String(year).padStart(4, "0")}`;
export const isoDay = ({ year, month, day }) => `${String(year).padStart(4, "0")}-${twoDigits(month)}-${twoDigits(day)}`;
const lastDayOf = (year, month) => [31, year % 4 || (year % 100 === 0 && year % 400) ? 28 : 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;

const calendarDay = (year, month, day, typed) => {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > lastDayOf(year, month)) throw notADate("no_such_day", typed);
  return { year, month, day };
};

// "5/9/26", "05.09.2026", "2026-09-05"; "5/9" is the nearest one to the reference day.
export const parseDay = (text, reference, limits) => {
  const trimmed = text.trim().replace(/\s+/g, " ");
  if (!trimmed) throw notADate("empty", text);
  const found = readDay(trimmed, text, reference);
  if (limits && (isoDay(found) < isoDay(limits.earliest) || isoDay(found) > isoDay(limits.latest)))
    throw notADate("out_of_range", text, { earliest: formatDay(limits.earliest), latest: formatDay(limits.latest) });
  return found;
};

const readDay = (trimmed, typed, reference) => {
  const iso = trimmed.match(ISO);
  if (iso) return calendarDay(Number(iso[1]), Number(iso[2]), Number(iso[3]), typed);
  const french = trimmed.match(FRENCH);
  if (!french) throw notADate("unreadable", typed);
  const [day, month, year] = [Number(french[1]), Number(french[3]), french[4]];
  if (year) return calendarDay(Number(year) + (year.length === 2 ? 2000 : 0), month, day, typed);
  return nearestDay(month, day, reference, typed);
};

const nearestDay = (month, day, reference, typed) => {
  const days = (one) => Date.UTC(one.year, one.month - 1, one.day);
  const candidates = [-1, 0, 1]
    .map((shift) => ({ year: reference.year + shift, month, day }))
    .filter((one) => month >= 1 && month <= 12 && day >= 1 && day <= lastDayOf(one.year, month));
  if (!candidates.length) throw notADate("no_such_day", typed);
  const distance = (one) => Math.abs(days(one) - days(reference));
  return candidates.reduce((best, one) => (distance(one) < distance(best) ? one : best));
};

export const addMonths = ({ year, month, day }, months) => {
  const total = year * 12 + month - 1 + months;
  const [newYear, newMonth] = [Math.floor(total / 12), (total % 12) + 1];
  return { year: newYear, month: newMonth, day: Math.min(day, lastDayOf(newYear, newMonth)) };
};

// For comparing names: small letters, no accent, no apostrophe, words apart by one space.
export const fold = (text) =>
  text
    .toLowerCase()
    .replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/ø/g, "o").replace(/[đð]/g, "d").replace(/ł/g, "l").replace(/ß/g, "ss").replace(/ı/g, "i")
    .normalize("NFKD").replace(/\p{M}/gu, "").replace(/['’‘ʼ`´]/g, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();

// Whether letters begin a word of a (folded) name: "bla" finds "blanc alphee", "leg" finds "le goff".
export const nameMatches = (wanted, name) => {
  if (!wanted) return false;
  const words = name.split(" ");
  const tails = words.map((_, rank) => words.slice(rank).join(" "));
  return tails.some((tail) => tail.startsWith(wanted)) || words.join("").startsWith(wanted.replaceAll(" ", ""));
};
