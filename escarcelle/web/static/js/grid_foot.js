// The foot of the grid: payments and sums by method, distance to the pile on the table, cells to put right.

import { Refusal, formatCents, parseAmount } from "./grid_reading.js";
import { counted, fill } from "./grid_sheet.js";

export class Foot {
  constructor(sheet) {
    this.sheet = sheet;
    this.words = sheet.words;
    this.root = sheet.form.querySelector(".foot");
    this.pile = this.root.querySelector("#pile");
    this.gap = this.root.querySelector(".gap");
    this.wrong = this.root.querySelector("#a-reprendre");
    this.save = this.root.querySelector("#enregistrer");
  }

  show() {
    const sums = new Map();
    let [count, total] = [0, 0];
    for (const [line, reading] of this.sheet.readings) {
      if (!line.row.isConnected || !reading.cents || reading.problems.length) continue;
      const sum = sums.get(reading.method) ?? [0, 0];
      sums.set(reading.method, [sum[0] + 1, sum[1] + reading.cents]);
      count += 1;
      total += reading.cents;
    }
    for (const place of this.root.querySelectorAll("[data-method]")) {
      const [number, cents] = place.dataset.method === "any" ? [sums.size > 1 ? count : 0, total] : (sums.get(place.dataset.method) ?? [0, 0]);
      place.hidden = number === 0;
      place.firstElementChild.textContent = counted(this.words.counts[place.dataset.method], number);
      place.lastElementChild.textContent = formatCents(cents);
    }
    this.save.textContent = count ? counted(this.words.save, count) : this.words.save[2];
    this.showGap(total);
    this.showWrong();
  }

  showGap(total) {
    const place = this.gap.lastElementChild;
    const [style, words, drawing] = this.distance(total);
    const said = place.textContent;
    this.gap.hidden = !words;
    this.gap.className = `gap ${style}`;
    this.pile.toggleAttribute("aria-invalid", style === "owed");
    if (said === words) return;
    const figure = document.createElement("span");
    const bold = document.createElement("b");
    figure.className = "bal";
    bold.textContent = words;
    if (drawing !== null) figure.append(this.sheet.drawings[drawing].cloneNode(true));
    figure.append(bold);
    place.replaceChildren(figure);
  }

  distance(total) {
    if (!this.pile.value.trim()) return ["", "", null];
    try {
      const cents = parseAmount(this.pile.value) - total;
      if (cents === 0) return ["good", this.words.gap.exact, 0];
      return ["awaits", fill(this.words.gap[cents > 0 ? "missing" : "over"], { amount: formatCents(Math.abs(cents)) }), 3];
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (document.activeElement === this.pile) return ["", "", null];
      return ["owed", this.sheet.sentence(error), 2];
    }
  }

  showWrong() {
    const count = this.sheet.table.querySelectorAll("[aria-invalid]").length;
    this.wrong.hidden = count === 0;
    this.wrong.querySelector("span").textContent = counted(this.words.wrong, count);
  }
}
