/* A card for each link to an entry, those of drawings too: what it is called, its kind and date, what it is. All of it
   is in the attributes of the page's first link to the entry; without this script the last is that link's tooltip.

   The card shows while the pointer is on the link or on the card, or the keyboard's focus on the link, until Escape.
   Touch cannot point without pressing: there the first tap shows the card, and its "Open" link or a second tap follows
   the link. Not a long press, which nobody finds who does not know of it, which not every hand can hold, and which the
   system keeps for its own menu of the link. A click that no finger made (a screen reader's, say) follows at once. */
(() => {
  "use strict";

  const SHOW_AFTER = 150; // milliseconds, so that nothing flashes under a pointer that passes
  const HIDE_AFTER = 300; // time to reach the card
  const MARGIN = 8; // pixels, to the edges of the window

  const article = document.querySelector("article");
  const told = article ? [...article.querySelectorAll("a[data-card-name]")] : [];
  if (!told.length) return;

  // In a drawing the address is an object.
  const address = ({ href }) => new URL(href.baseVal ?? href, document.baseURI).href;
  const page = (link) => address(link).split("#")[0];
  const cards = new Map();
  for (const link of told) {
    const { title, dataset } = link;
    if (!cards.has(page(link))) cards.set(page(link), { ...dataset, cardText: title });
    link.removeAttribute("title");
  }
  const bare = ":is(.no-cards, .mentions) a, a.headerlink"; // what a card would say stands beside them
  const links = [...article.querySelectorAll("a[href]")].filter((link) => cards.has(page(link)) && !link.matches(bare));
  for (const link of links) Object.assign(link.dataset, cards.get(page(link)));

  const add = (tag, name, parent) => {
    const element = document.createElement(tag);
    element.className = name;
    parent.append(element);
    return element;
  };
  const card = add("div", "entry-card", article);
  card.id = "entry-card";
  card.hidden = true;
  const box = add("div", "entry-card__box", card);
  const name = add("p", "entry-card__name", box);
  const facts = add("p", "entry-card__facts", box);
  const text = add("p", "entry-card__text", box);
  const open = add("a", "entry-card__open", box);
  open.textContent = "Open the full entry";

  let hovered = null; // the link under the pointer, or whose card is
  let focused = null;
  let tapped = null;
  let shown = null; // the link whose card is open
  let height = 0; // where the pointer met the link, which may run over several lines
  let byFinger = false;
  let timer = 0;

  const place = () => {
    card.style.left = card.style.top = "0";
    const { x, y, width: cardWidth, height: cardHeight } = card.getBoundingClientRect();
    const whole = shown.getBoundingClientRect();
    const lines = [...shown.getClientRects()];
    const line = lines.find(({ top, bottom }) => top <= height && height <= bottom) ?? lines[0] ?? whole;
    const { clientWidth, clientHeight } = document.documentElement;
    const ceiling = document.querySelector(".md-header")?.getBoundingClientRect().bottom ?? 0;
    const above = whole.top - cardHeight;
    const below = whole.bottom + cardHeight <= clientHeight - MARGIN || above < ceiling;
    const left = Math.max(MARGIN, Math.min(line.left, clientWidth - cardWidth - MARGIN));
    card.style.left = `${left - x}px`;
    card.style.top = `${(below ? whole.bottom : above) - y}px`;
  };

  const show = (link) => {
    clearTimeout(timer);
    shown?.removeAttribute("aria-describedby");
    shown = link;
    card.hidden = !link;
    if (!link) return;
    (link.closest("dialog") ?? article).append(card); // a dialog covers the rest of the page
    name.textContent = link.dataset.cardName;
    facts.textContent = link.dataset.cardFacts;
    text.textContent = link.dataset.cardText;
    open.href = address(link);
    open.hidden = link !== tapped;
    card.setAttribute("role", link === tapped ? "group" : "tooltip"); // a tooltip holds nothing to press
    link.setAttribute("aria-describedby", card.id);
    place();
  };

  const settle = (delay) => {
    const wanted = tapped ?? hovered ?? focused;
    clearTimeout(timer);
    if (wanted !== shown) timer = setTimeout(show, delay, wanted);
  };

  const point = (link) => {
    hovered = link;
    settle(link ? SHOW_AFTER : HIDE_AFTER);
  };

  const putAway = () => {
    hovered = focused = tapped = null;
    show(null);
  };

  for (const link of links) {
    link.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "touch") return;
      if (link !== shown) height = event.clientY;
      point(link);
    });
    link.addEventListener("pointerleave", () => point(null));
    link.addEventListener("focus", () => {
      if (!link.matches(":focus-visible")) return;
      focused = link;
      settle(0);
    });
    link.addEventListener("blur", () => {
      focused = null;
      settle(0);
    });
    link.addEventListener("click", (event) => {
      if (!byFinger || !event.detail || link === tapped) return;
      event.preventDefault();
      tapped = link;
      height = event.clientY;
      show(link);
    });
  }
  card.addEventListener("pointerenter", (event) => {
    if (event.pointerType !== "touch") point(shown);
  });
  card.addEventListener("pointerleave", () => point(null));

  document.addEventListener("pointerup", (event) => {
    byFinger = event.pointerType === "touch";
    if (!tapped || card.contains(event.target) || tapped.contains(event.target)) return;
    tapped = null;
    settle(0);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shown) return;
    putAway();
    event.preventDefault(); // a dialog around the link stays
  });
  addEventListener("resize", () => {
    if (shown) place();
  });
  addEventListener("pagehide", putAway);
})();
