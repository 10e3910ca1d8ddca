// The draft: what is typed, kept on this device under the key of the form, until the batch of that key is recorded.
// Sent again with the same key, a grid that had been recorded is not recorded twice.

const FIELDS = ["method", "received_on", "number", "bank", "label", "amount", "drawer", "written_on", "planned_on"];

export class Draft {
  constructor(name) { this.name = name; }

  read() {
    try { return JSON.parse(localStorage.getItem(this.name)); } catch { return null; }
  }
  // Give the hour at which it was kept; null where the device keeps nothing.
  keep(sheet) {
    const form = sheet.form.elements;
    const lines = sheet.lines().filter((line) => !line.isBlank).map((line) => [line.subscription, ...FIELDS.map((name) => line.value(name))]);
    const at = new Date();
    try {
      if (!lines.length && !form.pile.value) this.forget();
      else localStorage.setItem(this.name, JSON.stringify({ at: at.toISOString(), key: form.key.value, seen: form.seen.value, balances_seen: form.balances_seen.value, pile: form.pile.value, default_day: form.default_day.value, answered: [...sheet.answered], lines }));
      return lines.length || form.pile.value ? at : undefined;
    } catch { return null; }
  }
  forget() {
    try { localStorage.removeItem(this.name); } catch { /* nothing was kept */ }
  }

  // Put a kept draft back in a blank grid, with its key.
  restore(sheet) {
    const kept = this.read();
    if (!kept?.lines) return null;
    const form = sheet.form.elements;
    const bodies = new Map(sheet.bodies.map((body) => [sheet.linesOf(body)[0].subscription, body]));
    const used = new Map();
    form.key.value = kept.key;
    // What was entered since the draft was begun is asked about when it is recorded.
    for (const name of ["seen", "balances_seen"]) if (kept[name]) form[name].value = kept[name];
    form.pile.value = kept.pile;
    if (kept.default_day) form.default_day.value = kept.default_day;
    for (const answer of kept.answered ?? []) sheet.answerDoubt(answer);
    for (const [subscription, ...values] of kept.lines) {
      const body = bodies.get(subscription);
      if (!body) continue;
      const rank = used.get(body) ?? 0;
      used.set(body, rank + 1);
      const line = sheet.linesOf(body)[rank] ?? sheet.addLine(body);
      FIELDS.forEach((name, place) => line.set(name, values[place] ?? ""));
      sheet.reread(line);
    }
    return new Date(kept.at);
  }
}
