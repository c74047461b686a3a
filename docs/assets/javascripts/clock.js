/* The two clocks: read the notes as of the essay's date, or as of today. Without this script both show. */
(() => {
  "use strict";

  const KEY = "as-of";
  const body = document.body;

  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage is refused: the choice lasts for the page
    }
  };

  const choose = (value, buttons) => {
    body.dataset.asOf = value;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === value));
    try {
      localStorage.setItem(KEY, value);
    } catch {
      // as above
    }
  };

  const header = document.querySelector(".md-header__inner");
  const essay = document.querySelector("meta[name='essay-date']");
  if (!header || !essay) return;

  const group = document.createElement("div");
  group.className = "clock";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Show notes as of");
  const buttons = [
    ["then", essay.content],
    ["today", "today"],
  ].map(([value, label]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.value = value;
    button.textContent = label;
    return button;
  });
  group.append(...buttons);
  header.insertBefore(group, header.querySelector(".md-search, [data-md-component='search']") ?? null);
  choose(remembered() === "then" ? "then" : "today", buttons);
  group.addEventListener("click", (event) => {
    if (event.target instanceof HTMLButtonElement) choose(event.target.value, buttons);
  });
})();
