// Copier: one button per piece of a transfer. They appear only where the browser lets a page copy.

for (const button of document.querySelectorAll("[data-copies]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).dataset.copy);
    button.classList.add("done");
  });
}
