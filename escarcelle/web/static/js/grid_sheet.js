// The table of the grid: its lines, what they say, the sentences under them. The form itself is the only state:
// whatever is shown here is what will be sent.

import { MAX_CHEQUES, Refusal, addMonths, fold, followingNumbers, formatCents, formatDay, isSeries, isoDay, parseAmount, parseCell, parseDay, plainAmount, quoted } from "./grid_reading.js";

export const COLUMNS = ["method", "received_on", "number", "bank", "label", "amount"];
const DETAILS = ["drawer", "written_on", "planned_on"];
const LONGEST = { number: 20, bank: 80, label: 120, drawer: 120 };
const DETAIL_SIZES = { drawer: 20, written_on: 10, planned_on: 10 };
const ICONS = { good: 0, awaits: 1, owed: 2 };

export const fill = (sentence, fields) => sentence.replace(/\{(\w+)\}/g, (whole, name) => fields[name] ?? whole);
export const counted = ([one, several], count) => fill(count > 1 ? several : one, { count });

export class Line {
  constructor(row, index) {
    this.row = row;
    this.index = index;
    this.body = row.parentElement;
    this.cells = {};
    for (const cell of row.querySelectorAll("[name]")) this.cells[cell.name] = cell;
    const details = row.nextElementSibling;
    if (details?.matches(".details")) for (const cell of details.querySelectorAll("[name]")) this.cells[cell.name] = cell;
  }
  get subscription() { return this.cells.subscription.value; }
  value(name) { return this.cells[name].value; }
  set(name, value) { this.cells[name].value = value; }
  get isSkipped() { return !this.value("amount").trim() && !this.value("number").trim(); }
  get isBlank() { return [...COLUMNS.slice(1), ...DETAILS].every((name) => !this.value(name)) && this.cells.method.selectedIndex <= 0; }
  get answer() { return `${this.subscription}:${this.value("number").trim()}:${this.value("bank").trim().toLowerCase()}`; }
}

export class Sheet {
  constructor(form, words) {
    this.form = form;
    this.words = words;
    this.table = form.querySelector(".grid");
    this.bodies = [...this.table.tBodies];
    this.readings = new Map();
    this.doubts = new Map();
    this.recorded = new Map();
    this.lineOfRow = new WeakMap();
    this.nextIndex = 0;
    this.names = new Map(this.bodies.map((body) => [body, body.querySelector("th b").textContent]));
    this.foldedNames = new Map(this.bodies.map((body) => [body, fold(this.names.get(body))]));
    this.answered = new Set([...form.querySelectorAll("input[type=hidden][name=answered]")].map((input) => input.value));
    this.today = parseDay(form.dataset.today);
    const limits = words.limits;
    this.dayLimits = { earliest: parseDay(limits.earliest), latest: parseDay(limits.latest) };
    this.earliestReception = parseDay(limits.earliest_reception);
    this.drawings = [...form.ownerDocument.getElementById("dessins").content.children];
    for (const line of this.lines()) this.readings.set(line, this.read(line));
    for (const button of this.table.querySelectorAll(".mini")) button.tabIndex = -1;
  }

  lines() { return this.bodies.flatMap((body) => this.linesOf(body)); }
  linesOf(body) {
    return [...body.rows].filter((row) => !row.matches(".note, .details")).map((row) => this.lineAt(row));
  }
  lineAt(row) {
    if (!this.lineOfRow.has(row)) this.lineOfRow.set(row, new Line(row, this.nextIndex++));
    return this.lineOfRow.get(row);
  }
  lineOf(cell) {
    const row = cell.closest("tr");
    if (!row || !this.table.contains(row) || row.matches(".note")) return null;
    return this.lineAt(row.matches(".details") ? row.previousElementSibling : row);
  }
  drawing(name) { return this.drawings[ICONS[name]].cloneNode(true); }

  // --- reading ---

  sentence(refusal) { return fill(this.words[refusal.kind][refusal.code], refusal.fields); }

  outstanding(body, except) {
    let left = Number(body.dataset.due);
    for (const line of this.linesOf(body)) {
      const amount = line.value("amount");
      if (line === except || !amount.trim() || isSeries(amount)) continue;
      try { left -= parseCell(amount, 0)[0]; } catch { continue; }
    }
    return left;
  }

  day(line, name) {
    const typed = line.value(name);
    if (typed.trim()) return parseDay(typed, this.today, this.dayLimits);
    return name === "received_on" ? parseDay(this.form.elements.default_day.value, this.today, this.dayLimits) : null;
  }

  // What a line says: cents, method, or a sentence for each cell that cannot be read.
  read(line) {
    if (line.isSkipped) return { cents: 0, problems: [] };
    const problems = [];
    const attempt = (cell, act) => {
      try { return act(); } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        problems.push({ cell, sentence: this.sentence(error) });
        return null;
      }
    };
    const amounts = attempt("amount", () => this.amounts(line));
    attempt("received_on", () => this.checkReception(this.day(line, "received_on")));
    for (const name of ["written_on", "planned_on"]) attempt(name, () => this.day(line, name));
    for (const [name, most] of Object.entries(LONGEST)) attempt(name, () => this.checkLength(line.value(name), most));
    return { cents: amounts ? amounts.reduce((sum, cents) => sum + cents, 0) : 0, method: line.value("method"), problems };
  }

  amounts(line) {
    const amounts = parseCell(line.value("amount"), this.outstanding(line.body, line));
    if (amounts[0] > this.words.limits.highest_cents) throw new Refusal("payment", "amount_too_large");
    return amounts;
  }
  checkReception(day) {
    if (isoDay(day) > isoDay(this.today)) throw new Refusal("payment", "received_in_future", { day: formatDay(day) });
    if (isoDay(day) < isoDay(this.earliestReception)) throw new Refusal("payment", "received_too_long_ago", { day: formatDay(day) });
  }
  checkLength(text, most) {
    if (text.trim().length > most) throw new Refusal("text", "too_long", { typed: quoted(text), length: text.trim().length, most });
  }

  // Read a line again; its sentences change only when asked, not under the fingers of who is typing.
  reread(line, { show = true } = {}) {
    const reading = this.read(line);
    this.readings.set(line, reading);
    if (show || !reading.problems.length) this.showNotes(line.body);
    this.showState(line.body);
  }

  // --- doubts: the same number and bank, higher up or in the books ---

  chequeKey(line) {
    const reading = this.readings.get(line);
    const number = line.value("number").trim();
    if (!number || line.value("method") !== "cheque" || !reading || reading.problems.length || line.isSkipped) return "";
    return `${number}\n${line.value("bank").trim().toLowerCase()}`;
  }

  findDoubts() {
    const seen = new Map();
    for (const line of this.lines()) {
      const key = this.chequeKey(line);
      const first = key && seen.get(key);
      if (key && !first) seen.set(key, line);
      let doubt = first ? fill(this.words.twin, { cheque: this.chequeWords(line), name: this.names.get(first.body) }) : (key && this.recorded.get(key)) || "";
      if (doubt && this.answered.has(line.answer)) doubt = "";
      if (doubt !== (this.doubts.get(line) ?? "")) {
        this.doubts.set(line, doubt);
        this.showNotes(line.body);
        this.showState(line.body);
      }
    }
  }
  chequeWords(line) {
    const [number, bank] = [line.value("number").trim(), line.value("bank").trim()];
    return bank ? `${number} (${bank})` : number;
  }

  // --- what is shown ---

  showNotes(body) {
    const isHidden = ({ cell }) => DETAILS.includes(cell) && !this.isOpen(body);
    if (this.linesOf(body).some((line) => this.readings.get(line)?.problems.some(isHidden))) this.toggleDetails(body);
    for (const row of body.querySelectorAll("tr.note")) row.remove();
    for (const line of this.linesOf(body)) {
      for (const cell of Object.values(line.cells)) for (const name of ["aria-invalid", "aria-describedby"]) cell.removeAttribute(name);
      for (const { cell, sentence } of this.readings.get(line)?.problems ?? [])
        this.note(body, line, cell, "owed", sentence, this.words.not_counted).setAttribute("aria-invalid", "true");
      const doubt = this.doubts.get(line);
      if (doubt) this.note(body, line, "number", "awaits", doubt, "", line.answer);
    }
  }

  note(body, line, cell, style, sentence, more = "", answer = "") {
    const row = body.insertRow();
    row.className = `note ${style}`;
    row.insertCell().className = "m";
    const place = row.insertCell();
    place.colSpan = 9;
    place.id = `note-${line.index}-${cell}-${style}`;
    place.append(this.drawing(style), [sentence, more].filter(Boolean).join(" "));
    if (answer) place.append(" ", this.answerButton(answer));
    line.cells[cell].setAttribute("aria-describedby", place.id);
    return line.cells[cell];
  }

  answerButton(answer) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn plain quiet", textContent: this.words.answer });
    button.dataset.answer = answer;
    return button;
  }

  answerDoubt(answer) {
    this.answered.add(answer);
    this.hidden("answered", answer);
    this.findDoubts();
  }
  hidden(name, value) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    this.form.prepend(input);
  }

  showState(body) {
    const lines = this.linesOf(body);
    const readings = lines.map((line) => this.readings.get(line)).filter(Boolean);
    const received = readings.filter((reading) => reading.cents && !reading.problems.length);
    const margin = body.rows[0].cells[0];
    const state = body.querySelector("[aria-invalid]") ? "owed" : lines.some((line) => this.doubts.get(line)) ? "awaits" : received.length ? "good" : "";
    margin.className = `m ${state}`;
    margin.replaceChildren();
    if (state) {
      const word = document.createElement("span");
      Object.assign(word, { className: "sr", textContent: this.words.states[state] });
      margin.append(this.drawing(state), word);
    }
    body.classList.toggle("many", lines.length > 1);
    body.classList.toggle("used", lines.some((line) => !line.isBlank));
    body.querySelector(".sum").textContent = lines.length > 1 && received.length ? this.sumWords(received) : "";
  }
  sumWords(received) {
    const cheques = received.every((reading) => reading.method === "cheque");
    return `${counted(this.words.counts[cheques ? "cheque" : "any"], received.length)}, ${formatCents(received.reduce((sum, one) => sum + one.cents, 0))}`;
  }

  // --- lines and details ---

  addLine(body) {
    const isOpen = this.isOpen(body);
    if (isOpen) this.toggleDetails(body);
    const last = this.linesOf(body).at(-1);
    const row = last.row.cloneNode(true);
    for (const cell of [...row.cells]) if (!cell.querySelector("[name]:not(.mini)")) cell.remove();
    row.className = "more";
    last.row.after(row);
    const line = this.lineAt(row);
    for (const name of [...COLUMNS.slice(1), ...DETAILS]) line.set(name, "");
    line.cells.method.value = last.value("method");
    for (const cell of Object.values(line.cells)) for (const name of ["id", "placeholder", "aria-invalid", "aria-describedby"]) cell.removeAttribute(name);
    this.nameCells(line, this.linesOf(body).length);
    this.readings.set(line, { cents: 0, problems: [] });
    this.spanRows(body);
    if (isOpen) this.toggleDetails(body);
    return line;
  }
  nameCells(line, rank) {
    const first = this.linesOf(line.body)[0];
    const nth = fill(this.words.nth, { rank });
    for (const name of COLUMNS) line.cells[name].setAttribute("aria-label", `${first.cells[name].getAttribute("aria-label")}, ${nth}`);
  }
  spanRows(body) {
    const first = body.rows[0];
    const height = [...body.rows].filter((row) => !row.matches(".note")).length;
    for (const cell of [...first.cells].slice(0, 4)) cell.rowSpan = height;
    first.cells[1].scope = height > 1 ? "rowgroup" : "row";
  }

  isOpen(body) { return body.querySelector("tr.details") !== null; }
  toggleDetails(body) {
    const isOpen = this.isOpen(body);
    for (const line of this.linesOf(body)) (isOpen ? this.closeDetails : this.openDetails).call(this, line);
    const subscription = this.linesOf(body)[0].subscription;
    this.form.querySelector(`input[name=opened][value="${subscription}"]`)?.remove();
    if (!isOpen) this.hidden("opened", subscription);
    body.querySelector("[aria-expanded]").setAttribute("aria-expanded", String(!isOpen));
    this.spanRows(body);
  }
  openDetails(line) {
    const row = document.createElement("tr");
    row.className = "details";
    const cell = row.insertCell();
    const place = cell.appendChild(document.createElement("div"));
    cell.colSpan = 6;
    for (const name of DETAILS) {
      const label = document.createElement("label");
      const input = line.cells[name];
      input.type = "text";
      input.size = DETAIL_SIZES[name];
      label.append(`${this.words.details[name]} `, input);
      place.append(label);
    }
    line.row.after(row);
  }
  closeDetails(line) {
    const row = line.row.nextElementSibling;
    for (const name of DETAILS) {
      line.cells[name].type = "hidden";
      line.cells.subscription.after(line.cells[name]);
    }
    row.remove();
  }

  // --- filling ---

  // What goes without saying on a line that begins: the day of the pile, the bank and drawer of this member's last cheque.
  begin(line) {
    if (!line.value("received_on")) line.set("received_on", this.form.elements.default_day.value);
    if (line.value("method") !== "cheque") return;
    const before = this.linesOf(line.body).filter((one) => one !== line && !one.isSkipped).at(-1);
    if (!line.value("bank")) line.set("bank", before?.value("bank") || line.body.dataset.bank || "");
    if (!line.value("drawer")) line.set("drawer", before?.value("drawer") || line.body.dataset.drawer || "");
  }
  // A bank that was filled in by itself leaves with the cheque.
  forgetHabit(line) {
    if (line.value("bank") === line.body.dataset.bank) line.set("bank", "");
    if (line.value("drawer") === line.body.dataset.drawer) line.set("drawer", "");
  }

  fillOutstanding(line) {
    const cents = this.outstanding(line.body, line);
    if (cents <= 0) return;
    this.begin(line);
    line.set("amount", plainAmount(cents));
    this.reread(line);
  }

  // Lay "=3×57,75" or "6 chèques" over as many lines. Nothing changes when it cannot be read: the cell says why.
  laySeries(line) {
    return isSeries(line.value("amount")) && this.lay(line, () => this.amounts(line));
  }
  // Amounts pasted one under another in the amount of a row: as many cheques, while they do not exceed what the row owes.
  layPasted(line, text) {
    let amounts;
    try { amounts = text.trim().split(/\s*\n\s*/).map(parseAmount); } catch { return false; }
    const total = amounts.reduce((sum, cents) => sum + cents, 0);
    if (amounts.length < 2 || amounts.length > MAX_CHEQUES || amounts.includes(0) || total > this.outstanding(line.body, line)) return false;
    return this.lay(line, () => amounts);
  }
  lay(line, read) {
    let amounts, numbers, first;
    try {
      amounts = read();
      const isCheque = line.value("method") === "cheque";
      numbers = isCheque ? followingNumbers(line.value("number"), amounts.length) : amounts.map(() => "");
      first = isCheque ? (this.day(line, "planned_on") ?? this.day(line, "received_on")) : null;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const about = ["number_exhausted", "not_a_number"].includes(error.code) ? "number" : error.kind === "day" ? "" : "amount";
      this.reread(line);
      if (about === "number") this.refuse(line, about, error);
      return false;
    }
    this.begin(line);
    const typed = Object.fromEntries([...COLUMNS, ...DETAILS].map((name) => [name, line.value(name)]));
    amounts.forEach((cents, rank) => {
      const target = rank === 0 ? line : this.addLine(line.body);
      for (const [name, value] of Object.entries(typed)) target.set(name, value);
      target.set("amount", plainAmount(cents));
      target.set("number", numbers[rank]);
      if (first) this.plan(target, addMonths(first, rank), typed.label);
      this.readings.set(target, this.read(target));
    });
    this.showNotes(line.body);
    this.showState(line.body);
    return true;
  }
  plan(line, day, label) {
    line.set("planned_on", formatDay(day));
    if (!label) line.set("label", `${this.words.months[day.month - 1]} ${day.year}`);
  }
  refuse(line, cell, refusal) {
    this.readings.get(line).problems = [{ cell, sentence: this.sentence(refusal) }];
    this.showNotes(line.body);
    this.showState(line.body);
  }

  // Write days and amounts as they were understood: what is shown is what will be recorded.
  tidy(line, name) {
    try {
      if (name === "amount" && line.value("amount").trim() && !isSeries(line.value("amount"))) line.set("amount", plainAmount(this.amounts(line)[0]));
      if (name.endsWith("_on") && line.value(name).trim()) line.set(name, formatDay(this.day(line, name)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
}
