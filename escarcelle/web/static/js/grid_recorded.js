// On the page of a batch: what it recorded is no longer a draft.

import { Draft } from "./grid_draft.js";

for (const place of document.querySelectorAll("[data-recorded]")) {
  const draft = new Draft(place.dataset.draft);
  if (draft.read()?.key === place.dataset.recorded) draft.forget();
}
