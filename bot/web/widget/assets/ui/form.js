// The question's form: a field that grows, one button that asks or stops, and where to look.

const LONGEST_QUESTION = 2000; // characters that the endpoint takes

class Form {
  #chat;
  #scope;

  constructor(chat, hasScope) {
    const { words } = chat;
    this.#chat = chat;
    this.#scope = hasScope ? scopeOf(words) : null;
    this.input = this.#field(words);
    this.submit = h("button", { type: "submit", class: "main" }, words.send);
    this.halt = button(words.stop, () => chat.stop(), { class: "main", hidden: true });
    this.element = h("form", { class: "form", onsubmit: (event) => this.#send(event) }, this.#scope,
      h("div", { class: "line" }, this.input, this.submit, this.halt),
      h("p", { class: "notice" }, words.notice));
  }

  // Whether all articles are meant, where one could be meant.
  get everywhere() {
    return this.#scope?.querySelector("input[value=all]").checked ?? false;
  }

  // The button asks or stops; focus stays on it, or comes to it when what had it is gone.
  waiting(waits) {
    const active = this.element.getRootNode().activeElement;
    [this.submit.hidden, this.halt.hidden] = [waits, !waits];
    if (waits && (active === this.submit || !active)) this.halt.focus({ preventScroll: true });
    if (!waits && active === this.halt) this.submit.focus({ preventScroll: true });
  }

  #field(words) {
    return h("textarea", {
      rows: "1", maxlength: LONGEST_QUESTION, dir: "auto", autocomplete: "off", enterkeyhint: "send",
      placeholder: words.placeholder, "aria-label": words.label,
      oninput: () => fitted(this.input),
      onkeydown: (event) => sends(event) && this.#send(event),
    });
  }

  #send(event) {
    event.preventDefault();
    if (this.#chat.isBusy) return;
    if (!this.input.value.trim()) return this.#chat.focus();
    this.#chat.ask(this.input.value);
    this.input.value = "";
    fitted(this.input);
  }
}

// Enter sends; Shift+Enter is a new line, and so is what an input method makes of Enter.
function sends(event) {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing;
}

// A field as high as its text, up to what its style allows.
function fitted(input) {
  input.style.setProperty("height", "auto");
  input.style.setProperty("height", `${input.scrollHeight + input.offsetHeight - input.clientHeight}px`);
}

// The switch between this article and all of them.
function scopeOf(words) {
  const choice = (value, label, checked) =>
    h("label", {}, h("input", { type: "radio", name: "scope", value, checked }), h("span", {}, label));
  return h("fieldset", { class: "scope" }, h("legend", { class: "unseen" }, words.scope),
    choice("this", words.thisArticle, true), choice("all", words.allArticles, false));
}
