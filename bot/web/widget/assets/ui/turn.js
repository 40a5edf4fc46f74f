// One turn of the conversation: a question, its progress, and its answer or error.

const NOT_RETRYABLE = ["forbidden", "not_found", "too_large", "invalid_request"]; // codes that a retry cannot change

class Turn {
  answer = null;
  #citations = new Map();
  #timer = 0;

  // `chat` provides the strings, the citation card and the handlers of the buttons.
  constructor(question, chat) {
    Object.assign(this, { question, chat });
    this.answerText = new AnswerText((number) => this.#markerButton(number));
    this.progress = h("p", { class: "progress" });
    this.foot = h("div", { class: "foot" });
    const heading = h("p", { class: "question", dir: "auto" },
      h("span", { class: "visually-hidden", dir: "auto" }, `${chat.words.asked} `), question);
    this.element = h("div", { class: "turn" }, heading, this.answerText.element, this.progress, this.foot);
  }

  showStage(stage) {
    this.progress.textContent = this.chat.words[stage] ?? "";
  }

  addCitation(citation) {
    this.#citations.set(citation.number, citation);
  }

  addSentence(text, highlights) {
    this.progress.textContent = "";
    this.answerText.add(text, highlights);
  }

  // Shows the complete answer; streamed text is replaced only if it differs.
  finish(answer) {
    this.answer = answer;
    this.progress.remove();
    answer.citations.forEach((citation) => this.addCitation(citation));
    if (this.answerText.text !== answer.text) this.answerText.set(answer.text, answer.highlights);
    this.foot.replaceChildren(...this.#footContent(answer));
  }

  stop() {
    this.#end(h("p", { class: "note" }, this.chat.words.stopped), this.#retryButton());
  }

  // Shows one sentence and, unless it is pointless, a retry button, enabled after `retryAfter` seconds.
  fail({ code, retryAfter }) {
    const { errors } = this.chat.words;
    const retry = this.#retryButton();
    this.#end(h("p", { class: "failure" }, errors[code] ?? errors.internal), NOT_RETRYABLE.includes(code) ? null : retry);
    if (retryAfter) this.#countDown(retry, retryAfter);
  }

  noteNewConversation() {
    this.element.insertBefore(h("p", { class: "note" }, this.chat.words.beganAnew), this.answerText.element);
  }

  clear() {
    clearInterval(this.#timer);
    this.answerText.set("");
    this.foot.replaceChildren();
    this.progress.textContent = "";
    this.answerText.element.after(this.progress);
  }

  #end(...rest) {
    this.progress.remove();
    this.foot.replaceChildren(...rest.filter(Boolean));
  }

  #retryButton() {
    return button(this.chat.words.retry, () => this.chat.retry(this), { class: "quiet" });
  }

  #countDown(retry, seconds) {
    const { words, language } = this.chat;
    const tick = (left) => {
      retry.disabled = left > 0;
      retry.textContent = left > 0 ? pluralForm(words.retryIn, left, language) : words.retry;
    };
    let left = Math.ceil(seconds);
    tick(left);
    this.#timer = setInterval(() => {
      tick(--left);
      if (left <= 0 || !this.element.isConnected) clearInterval(this.#timer);
    }, 1000);
  }

  #markerButton(number) {
    const citation = this.#citations.get(number);
    return citation ? this.#citationButton(citation) : null;
  }

  #citationButton(citation) {
    const label = `[${citation.number}] ${citation.title}`;
    return button(`${citation.number}`, (event) => this.chat.showCitation(citation, event.currentTarget), {
      class: "cite", "aria-label": label, "aria-haspopup": "dialog", "aria-expanded": "false",
    });
  }

  *#footContent(answer) {
    const { words, language } = this.chat;
    if (answer.citations.length) yield this.#sources(words.sources, answer.citations, true);
    else if (answer.nearest?.length) yield this.#sources(words.nearest, answer.nearest, false);
    yield* (answer.notes ?? []).map((note) => h("p", { class: "note", dir: "auto" }, note));
    const freshness = freshnessLine(answer, words, language);
    if (freshness) yield h("p", { class: "note" }, freshness);
    if (answer.suggestions?.length) yield this.#suggestions(answer.suggestions);
    if (answer.status !== "no_question") yield answerActions(answer, this.chat);
  }

  #suggestions(questions) {
    const items = questions.map((text) => h("li", {}, button(text, () => this.chat.ask(text), { dir: "auto", class: "quiet" })));
    return h("ul", { class: "suggestions" }, ...items);
  }

  #sources(heading, citations, numbered) {
    const entries = groupByArticle(citations).map((cited) => this.#source(cited, numbered));
    return h("div", { class: "sources" },
      h("p", { class: "heading" }, heading),
      h("ol", {}, ...entries));
  }

  #source(cited, numbered) {
    const { words, language } = this.chat;
    const [first] = cited;
    const link = this.chat.citationLink(first);
    const title = link
      ? passageAnchor(link, first.title, words, () => this.chat.followCitation(first, link))
      : h("span", {}, first.title);
    const facts = h("span", { class: "facts" }, citationFacts(first, words, language).join(" · "));
    const numbers = numbered ? cited.map((one) => this.#citationButton(one)) : [];
    return h("li", { dir: "auto" }, title, ...numbers, facts);
  }
}
