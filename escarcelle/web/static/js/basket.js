// À rendre: what to give back on what the client hands over. Nothing is sent; without this script one subtracts by head.

const due = document.querySelector(".cash");
const boxes = document.querySelector(".cheque-boxes");
const given = document.querySelector("#donne");

// In the language of the page, as the amounts around it.
const euros = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR" });

function cents(text) {
  const found = /^(\d+)(?:[.,](\d{1,2}))?$/.exec(text.replace(/[\s\u00a0\u202f€]/g, ""));
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
}

function show() {
  const method = document.querySelector("input[name=method]:checked")?.value;
  if (due) due.hidden = method !== "cash";
  if (boxes) boxes.hidden = method !== "cheque";
  if (!given) return;
  const handed = cents(given.value);
  const change = handed === null ? null : handed - Number(due.dataset.due);
  due.querySelector(".big-figure").textContent = change === null ? "" : euros.format(change / 100).replace("-", "−");
}

document.addEventListener("input", show);
show();
