// Saisie de paiements en masse. Everything here also works without this file, as a plain form.

import { Draft } from "./grid_draft.js";
import { Foot } from "./grid_foot.js";
import { Keys } from "./grid_keys.js";
import { Sheet, fill } from "./grid_sheet.js";

const PAUSE_BEFORE_KEEPING_MS = 300;

const start = (form) => {
  const words = JSON.parse(document.getElementById("mots").textContent);
  const sheet = new Sheet(form, words);
  const foot = new Foot(sheet);
  const draft = new Draft(form.dataset.draft);
  const status = document.getElementById("brouillon");
  const forget = document.getElementById("oublier");
  let isUnsaved = false;
  let isSending = false;
  let pause = 0;

  const hour = (moment) => new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(moment);
  const day = (moment) => new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "long" }).format(moment);

  const keep = () => {
    clearTimeout(pause);
    const at = draft.keep(sheet);
    forget.hidden = !at;
    isUnsaved = at !== undefined;
    status.textContent = at ? fill(words.draft.kept, { hour: hour(at) }) : at === null ? words.draft.lost : "";
  };
  const changed = () => {
    isUnsaved = true;
    foot.show();
    clearTimeout(pause);
    pause = setTimeout(keep, PAUSE_BEFORE_KEEPING_MS);
  };

  // Read a cell that was left: lay a series, write days and amounts as they were understood, look for twins.
  const committed = (line, cell) => {
    delete cell.dataset.typing;
    if (cell.name === "amount" && sheet.laySeries(line)) line.laid = sheet.linesOf(line.body).at(-1);
    else {
      sheet.tidy(line, cell.name);
      sheet.reread(line);
    }
    sheet.findDoubts();
    changed();
    askTheBooks();
  };

  const askTheBooks = async () => {
    const lines = sheet.lines().filter((line) => sheet.chequeKey(line) && !sheet.recorded.has(sheet.chequeKey(line)));
    if (!lines.length) return;
    const body = new FormData();
    for (const line of lines) {
      sheet.recorded.set(sheet.chequeKey(line), "");
      body.append("number", line.value("number").trim());
      body.append("bank", line.value("bank").trim());
    }
    try {
      const response = await fetch(form.dataset.recordedUrl, { method: "POST", body, headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value } });
      if (!response.ok) return;
      for (const { number, bank, sentence } of (await response.json()).recorded) sheet.recorded.set(`${number}\n${bank.toLowerCase()}`, sentence);
      sheet.findDoubts();
    } catch { /* offline: the server looks again when the batch is recorded */ }
  };

  const keys = new Keys(sheet, { changed, committed });

  form.addEventListener("input", (event) => {
    const cell = event.target;
    if (!["INPUT", "SELECT"].includes(cell.tagName) || !cell.name) return;
    const line = sheet.lineOf(cell);
    if (!line) return changed();
    cell.dataset.typing = "yes";
    if (["amount", "number"].includes(cell.name) && cell.value) sheet.begin(line);
    sheet.reread(line, { show: false });
    changed();
  });
  form.addEventListener("change", (event) => {
    const cell = event.target;
    const line = cell.name && sheet.lineOf(cell);
    if (cell.name === "default_day") for (const one of sheet.lines()) if (!one.isSkipped) sheet.reread(one);
    if (!line || cell.name === "answered") return changed();
    if (cell.name === "method" && cell.value !== "cheque") sheet.forgetHabit(line);
    committed(line, cell);
    delete line.laid;
  });
  form.addEventListener("focusin", ({ target }) => {
    if (target.dataset.typing) delete target.dataset.typing;
    // On a phone the row opens around the cell that was touched, and pushes it down.
    if (sheet.lineOf(target)) requestAnimationFrame(() => target.scrollIntoView({ block: "nearest" }));
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button, a");
    if (!button) return;
    const body = button.closest("tbody");
    if (button.dataset.answer) sheet.answerDoubt(button.dataset.answer);
    else if (button.value?.startsWith("add:")) keys.addLine(body);
    else if (button.value?.startsWith("details:")) keys.toggleDetails(sheet.linesOf(body)[0]);
    else if (button.value === "fill") fillAll();
    else if (button.id === "a-reprendre") goTo(firstWrong());
    else return;
    event.preventDefault();
    changed();
  });
  const firstWrong = () => sheet.table.querySelector("[aria-invalid]");
  // A cell to put right is ready to be typed over.
  const goTo = (element) => {
    element?.focus();
    element?.select?.();
  };
  const fillAll = () => {
    for (const body of sheet.bodies) {
      const [first] = sheet.linesOf(body);
      if (sheet.linesOf(body).every((line) => !line.value("amount").trim())) sheet.fillOutstanding(first);
    }
  };

  // Several cells pasted in one: a series for that row, else the server recognises the columns and shows them before anything is taken.
  form.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    const line = sheet.lineOf(event.target);
    if (event.target.name === "paste" || !line || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    if (event.target.name === "amount" && sheet.layPasted(line, text)) {
      keys.go(sheet.linesOf(line.body).at(-1), "amount");
      sheet.findDoubts();
      return changed();
    }
    form.elements.paste.value = text;
    form.requestSubmit(form.querySelector("button[value=paste]"));
  });

  forget.addEventListener("click", () => {
    draft.forget();
    isUnsaved = false;
    location.assign(location.pathname);
  });
  form.addEventListener("submit", () => {
    keep();
    isSending = true;
  });
  addEventListener("pageshow", () => { isSending = false; });
  addEventListener("pagehide", () => { if (isUnsaved) draft.keep(sheet); });
  addEventListener("beforeunload", (event) => { if (isUnsaved && !isSending) event.preventDefault(); });

  sheet.table.classList.add("ready");
  for (const element of form.querySelectorAll(".live")) element.hidden = false;
  for (const element of form.querySelectorAll(".no-script")) element.hidden = true;
  const taken = "fresh" in form.dataset ? draft.restore(sheet) : null;
  sheet.findDoubts();
  foot.show();
  if (taken) {
    status.textContent = fill(words.draft.taken, { day: day(taken), hour: hour(taken) });
    forget.hidden = false;
    isUnsaved = true;
  } else keep();
  askTheBooks();
  goTo(document.getElementById("collage-vu") ?? firstWrong());
};

const form = document.getElementById("grille");
if (form) start(form);
