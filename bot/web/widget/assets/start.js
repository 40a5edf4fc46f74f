// Registers the element; a script tag with `data-site` or `data-floating` adds the floating button to the page.

customElements.get("onrecord-chat") ?? customElements.define("onrecord-chat", OnrecordChat);

const PASSED_ATTRIBUTES = ["site", "article", "article-base", "endpoint", "lang", "theme", "starters", "strings"];

function addFloatingWidget({ dataset, attributes }) {
  if (!("site" in dataset || "floating" in dataset)) return;
  const present = PASSED_ATTRIBUTES.filter((name) => attributes[`data-${name}`]);
  const settings = Object.fromEntries(present.map((name) => [name, attributes[`data-${name}`].value]));
  document.body.append(h("onrecord-chat", { floating: true, ...settings }));
}

if (SCRIPT) {
  if (document.body) addFloatingWidget(SCRIPT);
  else addEventListener("DOMContentLoaded", () => addFloatingWidget(SCRIPT));
}
