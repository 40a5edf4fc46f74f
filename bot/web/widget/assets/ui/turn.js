// One question and what became of it.

const HOPELESS = ["forbidden", "not_found", "too_large", "invalid_request"]; // asking again changes nothing

class Turn {
  answer = null;
  #citations = new Map();
  #timer = 0;

  // `chat` lends its words, its card and what its buttons do.
  constructor(question, chat) {
    Object.assign(this, { question, chat });
    this.prose = new Prose((number) => this.#mark(number));
    this.progress = h("p", { class: "progress" });
    this.foot = h("div", { class: "foot" });
    const asked = h("p", { class: "question", dir: "auto" },
      h("span", { class: "unseen", dir: "auto" }, `${chat.words.asked} `), question);
    this.element = h("div", { class: "turn" }, asked, this.prose.element, this.progress, this.foot);
  }

  stage(stage) {
    this.progress.textContent = this.chat.words[stage] ?? "";
  }

  cite(citation) {
    this.#citations.set(citation.number, citation);
  }

  say(text) {
    this.progress.textContent = "";
    this.prose.add(text);
  }

  // The whole answer; what was streamed stays as it is unless the answer differs.
  finish(answer) {
    this.answer = answer;
    this.progress.remove();
    answer.citations.forEach((citation) => this.cite(citation));
    if (this.prose.text !== answer.text) this.prose.set(answer.text);
    this.foot.replaceChildren(...this.#below(answer));
  }

  stop() {
    this.#ended(h("p", { class: "note" }, this.chat.words.stopped), this.#retry());
  }

  // One friendly sentence and a way to try again, at once or when the endpoint is ready for it.
  fail({ code, retryAfter }) {
    const { errors } = this.chat.words;
    const again = this.#retry();
    this.#ended(h("p", { class: "failure" }, errors[code] ?? errors.internal), HOPELESS.includes(code) ? null : again);
    if (retryAfter) this.#countDown(again, retryAfter);
  }

  begunAnew() {
    this.element.insertBefore(h("p", { class: "note" }, this.chat.words.beganAnew), this.prose.element);
  }

  clear() {
    clearInterval(this.#timer);
    this.prose.set("");
    this.foot.replaceChildren();
    this.progress.textContent = "";
    this.prose.element.after(this.progress);
  }

  #ended(...rest) {
    this.progress.remove();
    this.foot.replaceChildren(...rest.filter(Boolean));
  }

  #retry() {
    return button(this.chat.words.retry, () => this.chat.retry(this), { class: "quiet" });
  }

  #countDown(again, seconds) {
    const { words, language } = this.chat;
    const tick = (left) => {
      again.disabled = left > 0;
      again.textContent = left > 0 ? counted(words.retryIn, left, language) : words.retry;
    };
    let left = Math.ceil(seconds);
    tick(left);
    this.#timer = setInterval(() => {
      tick(--left);
      if (left <= 0 || !this.element.isConnected) clearInterval(this.#timer);
    }, 1000);
  }

  #mark(number) {
    const citation = this.#citations.get(number);
    return citation ? this.#number(citation) : null;
  }

  #number(citation) {
    const label = `[${citation.number}] ${citation.title}`;
    return button(`${citation.number}`, (event) => this.chat.show(citation, event.currentTarget), {
      class: "cite", "aria-label": label, "aria-haspopup": "dialog", "aria-expanded": "false",
    });
  }

  *#below(answer) {
    const { words, language } = this.chat;
    if (answer.citations.length) yield this.#sources(words.sources, answer.citations, true);
    else if (answer.nearest?.length) yield this.#sources(words.nearest, answer.nearest, false);
    yield* (answer.notes ?? []).map((note) => h("p", { class: "note", dir: "auto" }, note));
    const fresh = freshnessOf(answer, words, language);
    if (fresh) yield h("p", { class: "note" }, fresh);
    yield actionsOf(answer, this.chat);
  }

  #sources(heading, citations, numbered) {
    const entries = byArticle(citations).map((cited) => this.#source(cited, numbered));
    return h("div", { class: "sources" },
      h("p", { class: "heading" }, heading),
      h("ol", {}, ...entries));
  }

  #source(cited, numbered) {
    const { words, language } = this.chat;
    const [first] = cited;
    const link = this.chat.linkOf(first);
    const title = link
      ? anchor(link, first.title, words, () => this.chat.followed(first, link))
      : h("span", {}, first.title);
    const facts = h("span", { class: "facts" }, factsOf(first, words, language).join(" · "));
    const numbers = numbered ? cited.map((one) => this.#number(one)) : [];
    return h("li", { dir: "auto" }, title, ...numbers, facts);
  }
}
