// The keyboard: Enter goes down, arrows move without breaking what is typed, F2 fills what is owed, F4 opens drawer and dates,
// Ctrl+Enter adds a cheque, letters jump to a member: the order of the pile.

import { fold, nameMatches } from "./grid_reading.js";
import { COLUMNS, fill } from "./grid_sheet.js";

const LETTERS_TO_JUMP = 3;
// In these a letter or a stroke means nothing: they may mean "go to".
const NO_LETTERS = ["amount"];
const NO_STROKE = ["amount", "number", "method"];

const isCell = (element) => COLUMNS.includes(element.name);
const isText = (element) => element.matches("input");

export class Keys {
  constructor(sheet, { changed, committed }) {
    this.sheet = sheet;
    this.changed = changed;
    this.committed = committed;
    this.jump = new Jump(sheet, this);
    sheet.form.addEventListener("keydown", (event) => this.pressed(event));
  }

  pressed(event) {
    if (event.isComposing || event.defaultPrevented) return;
    const element = event.target;
    if (this.jump.swallows(event)) return;
    if (element === this.jump.box) return this.jump.pressed(event);
    const line = this.sheet.lineOf(element);
    if (line && element.name && !element.matches("button")) return this.pressedIn(event, line, element);
    // Nowhere in the page does Enter in a box send the form: the button says how many payments it records.
    if (event.key === "Enter" && element.matches("input")) {
      event.preventDefault();
      if (element.name === "default_day") this.go(this.sheet.lines()[0], "number");
      if (element.name === "pile") this.sheet.form.querySelector("#enregistrer").focus();
    }
  }

  pressedIn(event, line, cell) {
    const acts = { F2: () => this.fillOutstanding(line), F4: () => this.toggleDetails(line) };
    if (acts[event.key] && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      return acts[event.key]();
    }
    if (event.key === "Enter") {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) return this.addLine(line.body);
      return this.down(line, cell, event.shiftKey ? -1 : 1);
    }
    if (isCell(cell)) this.move(event, line, cell);
  }

  move(event, line, cell) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    // A list of choices and the banks being proposed need these keys for themselves.
    if (step && isText(cell) && !(cell.list && cell.dataset.typing)) {
      event.preventDefault();
      return this.down(line, cell, step);
    }
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") return this.sideways(event, line, cell);
    const opensJump = (event.key === "/" && NO_STROKE.includes(cell.name)) || (/^\p{L}$/u.test(event.key) && this.isLetterFree(cell));
    if (opensJump) {
      event.preventDefault();
      this.jump.open(cell, event.key === "/" ? "" : event.key);
    }
  }
  isLetterFree(cell) {
    return NO_LETTERS.includes(cell.name) && (!cell.value || (cell.selectionStart === 0 && cell.selectionEnd === cell.value.length));
  }

  sideways(event, line, cell) {
    const step = event.key === "ArrowRight" ? 1 : -1;
    const edge = step > 0 ? cell.value.length : 0;
    if (isText(cell) && !(cell.selectionStart === edge && cell.selectionEnd === edge)) return;
    const name = COLUMNS[COLUMNS.indexOf(cell.name) + step];
    event.preventDefault();
    if (name) this.go(line, name);
  }

  // A series typed here is laid first: "below" is then below its last cheque.
  down(line, cell, step) {
    this.committed(line, cell);
    const lines = this.sheet.lines();
    const from = step > 0 && cell.name === "amount" && line.laid ? line.laid : line;
    delete line.laid;
    const target = lines[lines.indexOf(from) + step];
    const name = isCell(cell) ? cell.name : "amount";
    if (target) this.go(target, name);
    else if (step > 0) this.sheet.form.elements.pile.focus();
  }

  go(line, name) {
    const cell = line.cells[name];
    cell.focus();
    if (isText(cell)) cell.select();
  }

  addLine(body) {
    const line = this.sheet.addLine(body);
    this.changed();
    this.go(line, line.value("method") === "cheque" ? "number" : "amount");
  }
  fillOutstanding(line) {
    this.sheet.fillOutstanding(line);
    this.changed();
    this.go(line, "amount");
  }
  toggleDetails(line) {
    const wasInside = document.activeElement.closest("tr.details");
    this.sheet.toggleDetails(line.body);
    this.changed();
    if (wasInside) this.go(line, "amount");
    else if (this.sheet.isOpen(line.body)) line.cells.drawer.focus();
  }

  // Where the next cheque of this member goes: a line still empty, else a new one.
  arrive(body, name) {
    const line = this.sheet.linesOf(body).find((one) => one.isSkipped) ?? this.sheet.addLine(body);
    this.changed();
    this.go(line, name);
  }
}

class Jump {
  constructor(sheet, keys) {
    this.sheet = sheet;
    this.keys = keys;
    this.box = sheet.form.querySelector("#aller");
    this.told = sheet.form.querySelector("#aller-trouve");
    this.rank = 0;
    this.rest = "";
    this.box.addEventListener("input", () => this.typed());
    this.box.addEventListener("blur", () => this.close());
  }

  open(from, letters) {
    this.from = from;
    this.box.value = letters;
    this.box.focus();
    this.typed();
  }
  close() {
    this.box.value = "";
    this.told.textContent = "";
    this.rank = 0;
  }

  found() {
    const wanted = fold(this.box.value);
    return this.sheet.bodies.filter((body) => nameMatches(wanted, this.sheet.foldedNames.get(body)));
  }
  typed() {
    this.rank = 0;
    const found = this.found();
    if (found.length === 1 && fold(this.box.value).length >= LETTERS_TO_JUMP) return this.to(found[0]);
    this.tell(found);
  }
  tell(found) {
    if (!this.box.value.trim()) this.told.textContent = "";
    else if (!found.length) this.told.textContent = this.sheet.words.jump.none;
    else this.told.textContent = fill(this.sheet.words.jump.found, { name: this.sheet.names.get(found[this.rank]), rank: this.rank + 1, count: found.length });
  }

  pressed(event) {
    const found = this.found();
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step && found.length) {
      this.rank = (this.rank + step + found.length) % found.length;
      this.tell(found);
    } else if (event.key === "Enter") {
      if (found.length) this.to(found[this.rank]);
    } else if (event.key === "Escape") {
      this.from?.focus();
    } else return;
    event.preventDefault();
  }

  to(body) {
    const wanted = fold(this.box.value);
    const name = this.sheet.foldedNames.get(body);
    const at = name.indexOf(wanted);
    // Fingers faster than the jump go on with the name: those letters are not for the cell.
    this.rest = at < 0 ? "" : name.slice(at + wanted.length);
    const line = this.from && this.sheet.lineOf(this.from);
    const amountsOnly = line && line.value("amount") && !line.value("number");
    this.keys.arrive(body, amountsOnly ? "amount" : "number");
  }

  swallows(event) {
    if (!this.rest || event.ctrlKey || event.altKey || event.metaKey || event.key === "Shift") return false;
    const isNext = event.key.length === 1 && (fold(event.key) || " ") === this.rest[0];
    this.rest = isNext ? this.rest.slice(1) : "";
    if (isNext) event.preventDefault();
    return isNext;
  }
}
