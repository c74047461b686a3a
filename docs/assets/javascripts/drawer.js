/* The navigation drawer of narrow screens, by keyboard: it takes the focus, Escape closes it. It opens without this. */
(() => {
  "use strict";

  const toggle = document.getElementById("__drawer");
  const drawer = document.querySelector(".md-sidebar--primary");
  if (!toggle || !drawer) return;
  const behind = document.querySelectorAll(
    "[data-md-component=skip], .md-header, .md-content, .md-sidebar--secondary, .md-top, .md-footer",
  );

  const close = () => {
    if (!toggle.checked) return;
    toggle.checked = false;
    toggle.dispatchEvent(new Event("change"));
    toggle.focus();
  };

  toggle.addEventListener("change", () => {
    for (const element of behind) element.inert = toggle.checked;
    if (toggle.checked) (drawer.querySelector("[aria-current]") ?? drawer.querySelector("a")).focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  // On a wider screen the drawer stands beside the page, which must not stay inert.
  matchMedia("(min-width: 76.25em)").addEventListener("change", close);
})();
