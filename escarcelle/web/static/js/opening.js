// Reprise des soldes: count, sum and distance to the control total follow what is typed; a cell that cannot be read says why.
// For comfort only: without this file the form is the same, and the server reads and adds everything again.

import { Refusal, formatSignedCents, parseAmount } from "./grid_reading.js";
import { fill } from "./grid_sheet.js";

const start = (form) => {
  const words = JSON.parse(document.getElementById("mots").textContent);
  const cells = [...form.querySelectorAll("input[name^='amount-']")];
  const control = form.elements.control_total;
  const place = (name) => form.querySelector(`[data-live=${name}]`);

  // Cents, or the sentence that says why there are none; nothing of an empty cell.
  const read = (cell) => {
    if (!cell.value.trim()) return {};
    try {
      return { cents: parseAmount(cell.value, { allowNegative: true }) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { sentence: fill(words.amount[error.code], error.fields) };
    }
  };

  const show = () => {
    const amounts = cells.map((cell) => read(cell).cents).filter((cents) => cents !== undefined);
    const total = amounts.reduce((sum, cents) => sum + cents, 0);
    place("count").textContent = amounts.length;
    place("sum").textContent = formatSignedCents(total);
    showGap(total);
  };

  const showGap = (total) => {
    const { cents } = read(control);
    const gap = place("gap");
    gap.hidden = cents === undefined;
    if (gap.hidden) return;
    gap.className = cents === total ? "gap good" : "gap awaits";
    gap.lastElementChild.textContent = cents === total ? words.exact : formatSignedCents(cents - total);
  };

  // Once the cell is left: nobody is corrected in the middle of a figure.
  const explain = (cell) => {
    const { sentence } = read(cell);
    const id = `${cell.id}_error`;
    document.getElementById(id)?.remove();
    cell.toggleAttribute("aria-invalid", Boolean(sentence));
    if (!sentence) return cell.removeAttribute("aria-describedby");
    const why = document.createElement("small");
    Object.assign(why, { id, className: "owed", textContent: sentence });
    cell.closest("tr").querySelector("th").append(why);
    cell.setAttribute("aria-invalid", "true");
    cell.setAttribute("aria-describedby", id);
  };

  form.addEventListener("input", show);
  form.addEventListener("change", ({ target }) => {
    if (cells.includes(target)) explain(target);
  });
  show();
};

const form = document.getElementById("grille");
if (form) start(form);
