// Builds elements without parsing HTML: text is only ever set as text.

// h("button", { class: "cite", onclick: open }, "1"); properties that are false, null or undefined are omitted.
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

// An SVG icon of one path on a 24 by 24 grid, hidden from screen readers.
function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

const CROSS = "M6 6 18 18M18 6 6 18";
const SPEECH = "M4 5h16v11H11l-4 4v-4H4z";

// The elements inside an element that Tab reaches, in order.
function focusableElements(element) {
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
