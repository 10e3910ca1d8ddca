// The shell of every page: menus that close, and light or dark without a reload.
// Everything here also works without this file: a menu is a <details>, a theme is a small form.

const menus = () => document.querySelectorAll("details.menu[open]");

const closeMenus = (except) => {
  for (const menu of menus()) if (menu !== except) menu.open = false;
};

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("details.menu[open]");
  closeMenus();
  menu?.querySelector("summary").focus();
});

// On a phone the tabs of a page scroll sideways: show where we are.
document.querySelector(".subtabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

const ONE_YEAR_SECONDS = 31536000;

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-theme-choice]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  const theme = event.submitter.value;
  document.documentElement.dataset.theme = theme;
  const age = theme === "auto" ? 0 : ONE_YEAR_SECONDS;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax${secure}`;
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === event.submitter));
  }
});
