/* The timeline, filtered by actor and by kind of event, and by the clock. Without this script it is a plain list of all.

   The choice is in the address, so that it can be shared, and holds when the page is loaded again or come back to. It
   replaces the address, as arrow keys change a choice step by step, and each step would be one more press of Back. */
(() => {
  "use strict";

  const filter = document.querySelector(".timeline-filter");
  if (!filter) return;

  const events = [...document.querySelectorAll(".timeline li[data-kind]")];
  const periods = [...document.querySelectorAll(".timeline")].map((list) => {
    const heading = list.previousElementSibling;
    const contents = document.querySelectorAll(`.md-nav--secondary a[href="#${heading.id}"]`);
    return { list, parts: [list, heading, ...[...contents].map((link) => link.closest("li"))] };
  });

  const option = (value, text) => new Option(text, value);
  const options = (names) => Object.entries(names).map(([value, text]) => option(value, text));
  const choice = (name, label, all, children) => {
    const select = document.createElement("select");
    select.name = name;
    select.autocomplete = "off"; // what the address says holds, not what the browser remembers
    select.append(option("", all), ...children);
    const wrapper = document.createElement("label");
    wrapper.append(label, select);
    form.append(wrapper);
    return select;
  };

  const form = document.createElement("form");
  form.setAttribute("aria-label", "Filter the timeline");
  const groups = Object.entries(JSON.parse(filter.dataset.actors)).map(([label, names]) => {
    const group = document.createElement("optgroup");
    group.label = label;
    group.append(...options(names));
    return group;
  });
  const actor = choice("actor", "Who", "Anyone", groups);
  const kind = choice("kind", "What", "Events of any kind", options(JSON.parse(filter.dataset.kinds)));
  const all = document.createElement("button");
  all.type = "button";
  all.textContent = "Show all";
  const count = document.createElement("p");
  count.setAttribute("role", "status");
  form.append(all);
  filter.append(form, count);

  const apply = () => {
    const then = document.body.dataset.asOf === "then";
    const known = events.filter((event) => !then || event.dataset.clock !== "since");
    for (const event of events) event.hidden = true;
    for (const event of known) {
      const { kind: its, actors } = event.dataset;
      const wanted = (!kind.value || kind.value === its) && (!actor.value || actors.split(" ").includes(actor.value));
      event.hidden = !wanted;
    }
    for (const { list, parts } of periods) {
      const empty = !list.querySelector("li:not([hidden])");
      for (const part of parts) part.hidden = empty;
    }
    const shown = known.filter((event) => !event.hidden).length;
    const counted = shown < known.length ? `${shown} of ${known.length} events` : `All ${shown} events`;
    count.textContent = then ? `${counted} up to the essay` : counted;
  };

  const restore = () => {
    const asked = new URLSearchParams(location.search);
    for (const select of [actor, kind]) {
      const value = asked.get(select.name);
      select.value = [...select.options].some((known) => known.value === value) ? value : "";
    }
    apply();
  };

  const remember = () => {
    const address = new URL(location.href);
    for (const { name, value } of [actor, kind]) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    history.replaceState(history.state, "", address);
    apply();
  };

  form.addEventListener("change", remember);
  form.addEventListener("submit", (event) => event.preventDefault());
  all.addEventListener("click", () => {
    actor.value = kind.value = "";
    remember();
  });
  addEventListener("popstate", restore);
  document.addEventListener("clock", apply);
  restore();
})();
