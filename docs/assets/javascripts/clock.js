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

  const group = document.querySelector(".clock");
  if (!group) return;
  const buttons = group.querySelectorAll("button");

  const choose = (value) => {
    body.dataset.asOf = value;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === value));
    document.dispatchEvent(new Event("clock"));
    try {
      localStorage.setItem(KEY, value);
    } catch {
      // as above
    }
  };

  choose(remembered() === "then" ? "then" : "today");
  group.hidden = false;
  group.addEventListener("click", (event) => {
    if (event.target instanceof HTMLButtonElement) choose(event.target.value);
  });
})();
