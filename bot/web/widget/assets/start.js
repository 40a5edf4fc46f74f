// The element is known from here on; a script tag with `data-site` or `data-floating` asks for the floating button.

customElements.get("onrecord-chat") ?? customElements.define("onrecord-chat", OnrecordChat);

const PASSED_ON = ["site", "article", "article-base", "endpoint", "lang", "theme", "starters", "strings"];

function float({ dataset, attributes }) {
  if (!("site" in dataset || "floating" in dataset)) return;
  const named = PASSED_ON.filter((name) => attributes[`data-${name}`]);
  const settings = Object.fromEntries(named.map((name) => [name, attributes[`data-${name}`].value]));
  document.body.append(h("onrecord-chat", { floating: true, ...settings }));
}

if (SCRIPT) {
  if (document.body) float(SCRIPT);
  else addEventListener("DOMContentLoaded", () => float(SCRIPT));
}
