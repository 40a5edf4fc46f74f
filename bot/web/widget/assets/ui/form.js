// The question form: a growing text field, one button that submits or stops, and the switch of the scope.

const LONGEST_QUESTION = 2000; // characters; the limit of the endpoint

class QuestionForm {
  #chat;
  #scope;

  constructor(chat, hasScope) {
    const { words } = chat;
    this.#chat = chat;
    this.#scope = hasScope ? scopeSwitch(words) : null;
    this.input = this.#field(words);
    this.submitButton = h("button", { type: "submit", class: "main" }, words.send);
    this.stopButton = button(words.stop, () => chat.stop(), { class: "main", hidden: true });
    this.element = h("form", { class: "form", onsubmit: (event) => this.#send(event) }, this.#scope,
      h("div", { class: "line" }, this.input, this.submitButton, this.stopButton),
      h("p", { class: "notice" }, words.notice));
  }

  // Whether the reader chose all articles over the article of the page.
  get searchesAll() {
    return this.#scope?.querySelector("input[value=all]").checked ?? false;
  }

  // Swaps the submit and the stop button; focus stays on the button, or moves to it from an element that is gone.
  setBusy(isBusy) {
    const active = this.element.getRootNode().activeElement;
    [this.submitButton.hidden, this.stopButton.hidden] = [isBusy, !isBusy];
    if (isBusy && (active === this.submitButton || !active)) this.stopButton.focus({ preventScroll: true });
    if (!isBusy && active === this.stopButton) this.submitButton.focus({ preventScroll: true });
  }

  #field(words) {
    return h("textarea", {
      rows: "1", maxlength: LONGEST_QUESTION, dir: "auto", autocomplete: "off", enterkeyhint: "send",
      placeholder: words.placeholder, "aria-label": words.label,
      oninput: () => fitHeight(this.input),
      onkeydown: (event) => isSubmitKey(event) && this.#send(event),
    });
  }

  #send(event) {
    event.preventDefault();
    if (this.#chat.isBusy) return;
    if (!this.input.value.trim()) return this.#chat.focus();
    this.#chat.ask(this.input.value);
    this.input.value = "";
    fitHeight(this.input);
  }
}

// Enter submits; Shift+Enter is a new line, and Enter during text composition belongs to the input method.
function isSubmitKey(event) {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing;
}

// Makes a field as high as its text, up to the maximum of its style.
function fitHeight(input) {
  input.style.setProperty("height", "auto");
  input.style.setProperty("height", `${input.scrollHeight + input.offsetHeight - input.clientHeight}px`);
}

// The radio buttons for this article or all articles.
function scopeSwitch(words) {
  const choice = (value, label, checked) =>
    h("label", {}, h("input", { type: "radio", name: "scope", value, checked }), h("span", {}, label));
  return h("fieldset", { class: "scope" }, h("legend", { class: "visually-hidden" }, words.scope),
    choice("this", words.thisArticle, true), choice("all", words.allArticles, false));
}
