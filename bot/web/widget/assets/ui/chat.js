// The conversation: sends questions, shows turns, stores answers, emits events.

class Chat {
  #controller = null; // AbortController of the answer in progress
  #following = true; // whether new text is scrolled into view
  #conversation = "";

  constructor(host, { words, language, onclose = null }) {
    Object.assign(this, { host, words, language, base: articleBase(host) });
    const [endpoint, site] = [host.endpoint, host.getAttribute("site") ?? ""];
    this.client = new Client(endpoint, site);
    this.storage = new ConversationStorage(endpoint, site);
    this.card = new CitationCard({
      words, language,
      citationLink: (citation) => this.citationLink(citation),
      onFollow: (citation, link) => this.followCitation(citation, link),
    });
    this.#build(onclose);
    this.#restore();
  }

  focus() {
    this.form.input.focus({ preventScroll: true });
  }

  // Scrolls to the last question, once the log is rendered.
  scrollToEnd() {
    requestAnimationFrame(() => this.#follow());
  }

  citationLink(citation) {
    return passageLink(citation, this.base);
  }

  showCitation(citation, opener) {
    if (this.card.toggle(citation, opener)) this.#emitCitation(citation, "show");
  }

  // The reader follows a link; where it leads to this page, the panel must not cover the passage.
  followCitation(citation, link) {
    this.#emitCitation(citation, "follow", link.href);
    if (!link.here) return;
    this.host.uncoverPage();
    if (!("fragmentDirective" in document)) setTimeout(() => scrollToWords(citation.quote));
  }

  async feedback({ conversation_id, turn }, helpful, reason = undefined) {
    await this.client.feedback({ conversation_id, turn, helpful, reason }).catch((error) => this.#emitError(error));
  }

  get isBusy() {
    return this.#controller !== null;
  }

  ask(question) {
    if (this.isBusy || !question.trim()) return;
    const turn = new Turn(question.trim(), this);
    this.starters.hidden = true;
    this.restartButton.hidden = false;
    this.log.hidden = false;
    this.log.append(turn.element);
    this.#run(turn);
  }

  retry(turn) {
    if (this.isBusy) return;
    turn.clear();
    this.#run(turn);
  }

  stop() {
    this.#controller?.abort();
  }

  restart() {
    this.stop();
    this.card.close({ focus: false });
    if (this.#conversation) this.client.forget(this.#conversation).catch(() => {});
    this.#conversation = "";
    this.storage.clear();
    this.log.replaceChildren();
    this.log.hidden = this.restartButton.hidden = true;
    this.starters.hidden = !this.starters.querySelector("button");
    this.focus();
  }

  showStarters(starters) {
    const items = starters.map((text) => h("li", {}, button(text, () => this.ask(text), { dir: "auto" })));
    this.starters.replaceChildren(h("p", { class: "heading" }, this.words.starters), h("ul", {}, ...items));
    this.starters.hidden = !items.length || !this.log.hidden;
  }

  async #run(turn) {
    const controller = this.#controller = new AbortController();
    this.form.setBusy(true);
    turn.showStage("searching");
    this.#following = true;
    this.#follow(turn);
    try {
      await this.#answer(turn, controller.signal);
    } catch (error) {
      this.#fail(turn, error);
    } finally {
      if (this.#controller === controller) this.#controller = null;
      this.form.setBusy(false);
      this.#follow(turn);
    }
  }

  async #answer(turn, signal) {
    const request = { question: turn.question, conversation_id: this.#conversation, article: this.#article() };
    this.host.emit("question", { question: request.question, article: request.article });
    try {
      await this.#stream(request, turn, signal);
    } catch (error) {
      if (error.code !== "unknown_conversation" || !request.conversation_id) throw error;
      this.#conversation = "";
      this.storage.clear();
      turn.noteNewConversation();
      await this.#stream({ ...request, conversation_id: "" }, turn, signal);
    }
  }

  #stream({ question, conversation_id, article }, turn, signal) {
    const body = { question, ...(conversation_id && { conversation_id }), ...(article && { article }) };
    const handlers = {
      status: ({ stage }) => turn.showStage(stage),
      citation: (citation) => turn.addCitation(citation),
      sentence: ({ text, highlights }) => turn.addSentence(text, highlights),
      done: (answer) => this.#done(turn, answer),
    };
    return this.client.ask(body, signal, (event, data) => {
      if (signal.aborted) return;
      handlers[event]?.(data);
      this.#follow(turn);
    });
  }

  #done(turn, answer) {
    turn.finish(answer);
    this.#conversation = answer.conversation_id ?? "";
    this.storage.addTurn(this.#conversation, turn.question, answer);
    const count = groupByArticle(answer.citations).length;
    const sources = count ? pluralForm(this.words.sourceCount, count, this.language) : "";
    this.#announce(`${withoutMarkers(answer.text)} ${sources}`.trim());
    this.host.emit("answer", answer);
  }

  #fail(turn, error) {
    if (error.name === "AbortError") return turn.stop();
    const requestError = error instanceof RequestError ? error : new RequestError("internal");
    turn.fail(requestError);
    this.#announce(this.words.errors[requestError.code] ?? this.words.errors.internal);
    this.#emitError(requestError);
    if (requestError !== error) console.error(error);
  }

  #emitError({ code = "internal", status = 0, retryAfter = 0 }) {
    this.host.emit("error", { code, status, retryAfter });
  }

  #emitCitation({ number, article, url, title }, action, href = "") {
    this.host.emit("cite", { number, article, url, title, action, href });
  }

  #article() {
    return this.form.searchesAll ? "" : requestedArticle(this.host);
  }

  // Announces a text to screen readers, then removes it so that it is not read a second time.
  #announce(text) {
    this.status.textContent = text;
    clearTimeout(this.announcementTimer);
    this.announcementTimer = setTimeout(() => { this.status.textContent = ""; }, 10_000);
  }

  // Scrolls new text into view, but not the question out of it, and only while the reader is at the end.
  #follow(turn) {
    if (this.#following) this.log.scrollTop = Math.max(this.log.scrollTop, this.#end(turn));
  }

  #end(turn = { element: this.log.lastElementChild }) {
    const { scrollHeight, clientHeight } = this.log;
    return Math.min(scrollHeight - clientHeight, (turn.element?.offsetTop ?? 0) - this.log.offsetTop);
  }

  #scrolled() {
    this.#following = this.log.scrollTop >= this.#end() - 2;
  }

  #restore() {
    const { conversation, turns } = this.storage.read();
    this.#conversation = conversation;
    for (const { question, answer } of turns) {
      const turn = new Turn(question, this);
      turn.finish(answer);
      this.log.append(turn.element);
    }
    this.log.hidden = this.restartButton.hidden = !turns.length;
    this.scrollToEnd();
  }

  #build(onclose) {
    const { words } = this;
    this.log = h("div", { class: "log", role: "log", tabindex: "0", "aria-live": "off", "aria-label": words.conversation });
    this.log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.status = h("p", { class: "visually-hidden", role: "status" });
    this.starters = h("div", { class: "starters", hidden: true });
    this.restartButton = button(words.restart, () => this.restart(), { class: "plain" });
    this.form = new QuestionForm(this, this.host.hasAttribute("article"));
    const closeButton = onclose && button(icon(CROSS), onclose, { class: "plain round", "aria-label": words.close });
    this.element = h("section", { class: "chat", "aria-label": words.title || words.label },
      h("div", { class: "head" }, h("p", { class: "title" }, words.title), this.restartButton, closeButton),
      this.log, this.starters, this.form.element, this.status, this.card.element);
  }
}
