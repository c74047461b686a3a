/* A button under each figure opens its drawing in a dialog as large as the window, to be scrolled and zoomed.

   The frame with the drawing moves into the dialog and back, so that ids stay unique, links work, and what scrolls and
   is named there is what scrolls and is named here. Something of the same size keeps its place. */
(() => {
  "use strict";

  const STEP = 1.25;
  const LEAST = 0.1;
  const MOST = 5;
  const AT_FIRST = 2; // larger than this is for who asks for it

  const figures = document.querySelectorAll("article figure.diagram");
  if (!figures.length) return;

  const add = (tag, name, parent, text = "") => {
    const element = document.createElement(tag);
    element.className = name;
    element.textContent = text;
    parent.append(element);
    return element;
  };
  const button = (text, parent, act) => {
    const element = add("button", "enlarged__button", parent, text);
    element.type = "button";
    element.addEventListener("click", act);
    return element;
  };

  const dialog = add("dialog", "enlarged", document.querySelector("article"));
  const bar = add("div", "enlarged__bar", dialog);
  const title = add("p", "enlarged__title", bar);
  title.id = "enlarged-title";
  dialog.setAttribute("aria-labelledby", title.id);
  const tools = add("div", "enlarged__tools", bar);
  button("Zoom out", tools, () => zoom(scale / STEP));
  const shown = add("output", "enlarged__scale", tools);
  shown.setAttribute("aria-label", "Size");
  button("Zoom in", tools, () => zoom(scale * STEP));
  button("Fit", tools, () => zoom(fitting()));
  button("Close", tools, () => dialog.close());

  let frame = null; // what is in the dialog: the frame, its drawing,
  let drawing = null;
  let putBack = null; // and how it returns
  let scale = 1;

  const size = () => drawing.viewBox.baseVal;

  const fitting = () => {
    const { paddingLeft, paddingTop } = getComputedStyle(frame);
    const width = frame.clientWidth - 2 * parseFloat(paddingLeft);
    const height = frame.clientHeight - 2 * parseFloat(paddingTop);
    return Math.min(width / size().width, height / size().height);
  };

  const zoom = (wanted) => {
    // What is in the middle stays there.
    const x = (frame.scrollLeft + frame.clientWidth / 2) / frame.scrollWidth;
    const y = (frame.scrollTop + frame.clientHeight / 2) / frame.scrollHeight;
    scale = Math.max(LEAST, Math.min(wanted, MOST));
    drawing.style.maxWidth = "none";
    drawing.style.width = `${size().width * scale}px`;
    frame.scrollLeft = x * frame.scrollWidth - frame.clientWidth / 2;
    frame.scrollTop = y * frame.scrollHeight - frame.clientHeight / 2;
    shown.textContent = `${Math.round(scale * 100)} %`;
  };

  const enlarge = (figure) => {
    const found = figure.querySelector(".diagram__frame");
    drawing = found.querySelector("svg");
    if (!drawing) return; // the browser has not drawn it yet
    frame = found;
    const style = drawing.style.cssText;
    const left = frame.scrollLeft;
    const place = document.createElement("div");
    place.className = frame.className;
    place.style.height = `${frame.offsetHeight}px`;
    putBack = () => {
      drawing.style.cssText = style;
      place.replaceWith(frame);
      frame.scrollLeft = left;
    };
    frame.replaceWith(place);
    dialog.append(frame);
    title.textContent = figure.querySelector("figcaption strong").textContent;
    dialog.showModal();
    zoom(Math.max(1, Math.min(fitting(), AT_FIRST)));
    frame.scrollTo(0, 0);
    frame.focus();
  };

  dialog.addEventListener("close", () => putBack());
  dialog.addEventListener("click", (event) => {
    // Whoever comes back finds the page as it was; a link opened beside it changes nothing here.
    if (event.target.closest("a") && !event.ctrlKey && !event.metaKey && !event.shiftKey) dialog.close();
  });

  for (const figure of figures) {
    const opener = button("Enlarge", figure, () => enlarge(figure));
    opener.className = "diagram__enlarge";
    opener.setAttribute("aria-haspopup", "dialog");
    opener.setAttribute("aria-label", `Enlarge: ${figure.querySelector("figcaption strong").textContent}`);
    figure.querySelector(".diagram__more").before(opener);
  }
})();
