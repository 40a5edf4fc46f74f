// Elements made by hand: text is only ever set as text, nothing is parsed as HTML.

// h("button", { class: "cite", onclick: open }, "1"); a property that is false, null or undefined is left out.
function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child != null && child !== ""));
  return element;
}

function button(label, onclick, properties = {}) {
  return h("button", { type: "button", onclick, ...properties }, label);
}

// A drawing of one stroke on a grid of 24, hidden from screen readers.
function icon(stroke) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", stroke);
  drawing.append(path);
  return drawing;
}

const CROSS = "M6 6 18 18M18 6 6 18";
const SPEECH = "M4 5h16v11H11l-4 4v-4H4z";

// What can be reached with Tab inside an element, in order.
function focusable(element) {
  return [...element.querySelectorAll("a[href], button:not([disabled]), input, textarea")];
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
