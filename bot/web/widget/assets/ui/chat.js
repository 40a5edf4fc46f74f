// The conversation: what is asked, what is shown, what is remembered.

class Chat {
  #control = null; // of the answer under way
  #following = true; // whether new text scrolls into view
  #conversation = "";

  constructor(host, { words, language, onclose = null }) {
    Object.assign(this, { host, words, language, base: baseOf(host) });
    const [endpoint, site] = [host.endpoint, host.getAttribute("site") ?? ""];
    this.client = new Client(endpoint, site);
    this.memory = new Memory(endpoint, site);
    this.card = new Card({ words, language, linkOf: (one) => this.linkOf(one), followed: (...it) => this.followed(...it) });
    this.#build(onclose);
    this.#restore();
  }

  focus() {
    this.form.input.focus({ preventScroll: true });
  }

  // The last question comes into view, once there is a view.
  settle() {
    requestAnimationFrame(() => this.#follow());
  }

  linkOf(citation) {
    return passageLink(citation, this.base);
  }

  show(citation, opener) {
    if (this.card.toggle(citation, opener)) this.#cited(citation, "show");
  }

  // A reader goes to the passage; where it is on this page, what covers it has to leave.
  followed(citation, link) {
    this.#cited(citation, "follow", link.href);
    if (!link.here) return;
    this.host.uncover();
    if (!("fragmentDirective" in document)) setTimeout(() => scrollToWords(citation.quote));
  }

  async feedback({ conversation_id, turn }, helpful, reason = undefined) {
    await this.client.feedback({ conversation_id, turn, helpful, reason }).catch((error) => this.#tellError(error));
  }

  get isBusy() {
    return this.#control !== null;
  }

  ask(question) {
    if (this.isBusy || !question.trim()) return;
    const turn = new Turn(question.trim(), this);
    this.starters.hidden = true;
    this.again.hidden = false;
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
    this.#control?.abort();
  }

  restart() {
    this.stop();
    this.card.close({ focus: false });
    if (this.#conversation) this.client.forget(this.#conversation).catch(() => {});
    this.#conversation = "";
    this.memory.clear();
    this.log.replaceChildren();
    this.log.hidden = this.again.hidden = true;
    this.starters.hidden = !this.starters.querySelector("button");
    this.focus();
  }

  offer(starters) {
    const items = starters.map((text) => h("li", {}, button(text, () => this.ask(text), { dir: "auto" })));
    this.starters.replaceChildren(h("p", { class: "heading" }, this.words.starters), h("ul", {}, ...items));
    this.starters.hidden = !items.length || !this.log.hidden;
  }

  async #run(turn) {
    const control = this.#control = new AbortController();
    this.form.waiting(true);
    turn.stage("searching");
    this.#following = true;
    this.#follow(turn);
    try {
      await this.#answered(turn, control.signal);
    } catch (error) {
      this.#ended(turn, error);
    } finally {
      if (this.#control === control) this.#control = null;
      this.form.waiting(false);
      this.#follow(turn);
    }
  }

  async #answered(turn, signal) {
    const asked = { question: turn.question, conversation_id: this.#conversation, article: this.#article() };
    this.host.tell("question", { question: asked.question, article: asked.article });
    try {
      await this.#stream(asked, turn, signal);
    } catch (error) {
      if (error.code !== "unknown_conversation" || !asked.conversation_id) throw error;
      this.#conversation = "";
      this.memory.clear();
      turn.begunAnew();
      await this.#stream({ ...asked, conversation_id: "" }, turn, signal);
    }
  }

  #stream({ question, conversation_id, article }, turn, signal) {
    const body = { question, ...(conversation_id && { conversation_id }), ...(article && { article }) };
    const told = {
      status: ({ stage }) => turn.stage(stage),
      citation: (citation) => turn.cite(citation),
      sentence: ({ text }) => turn.say(text),
      done: (answer) => this.#done(turn, answer),
    };
    return this.client.ask(body, signal, (event, data) => {
      if (signal.aborted) return;
      told[event]?.(data);
      this.#follow(turn);
    });
  }

  #done(turn, answer) {
    turn.finish(answer);
    this.#conversation = answer.conversation_id ?? "";
    this.memory.keep(this.#conversation, turn.question, answer);
    const count = byArticle(answer.citations).length;
    const sources = count ? counted(this.words.sourceCount, count, this.language) : "";
    this.#announce(`${spoken(answer.text)} ${sources}`.trim());
    this.host.tell("answer", answer);
  }

  #ended(turn, error) {
    if (error.name === "AbortError") return turn.stop();
    const failure = error instanceof Failure ? error : new Failure("internal");
    turn.fail(failure);
    this.#announce(this.words.errors[failure.code] ?? this.words.errors.internal);
    this.#tellError(failure);
    if (failure !== error) console.error(error);
  }

  #tellError({ code = "internal", status = 0, retryAfter = 0 }) {
    this.host.tell("error", { code, status, retryAfter });
  }

  #cited({ number, article, url, title }, action, href = "") {
    this.host.tell("cite", { number, article, url, title, action, href });
  }

  #article() {
    return this.form.everywhere ? "" : articleOf(this.host);
  }

  // Said once by screen readers, and gone before anybody finds it a second time.
  #announce(text) {
    this.status.textContent = text;
    clearTimeout(this.silence);
    this.silence = setTimeout(() => { this.status.textContent = ""; }, 10_000);
  }

  // New text scrolls into view, but never a question out of it, and only while the reader is at the end.
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
    const { conversation, turns } = this.memory.read();
    this.#conversation = conversation;
    for (const { question, answer } of turns) {
      const turn = new Turn(question, this);
      turn.finish(answer);
      this.log.append(turn.element);
    }
    this.log.hidden = this.again.hidden = !turns.length;
    this.settle();
  }

  #build(onclose) {
    const { words } = this;
    this.log = h("div", { class: "log", role: "log", tabindex: "0", "aria-live": "off", "aria-label": words.conversation });
    this.log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.status = h("p", { class: "unseen", role: "status" });
    this.starters = h("div", { class: "starters", hidden: true });
    this.again = button(words.restart, () => this.restart(), { class: "plain" });
    this.form = new Form(this, this.host.hasAttribute("article"));
    const shut = onclose && button(icon(CROSS), onclose, { class: "plain round", "aria-label": words.close });
    this.element = h("section", { class: "chat", "aria-label": words.title || words.label },
      h("div", { class: "head" }, h("p", { class: "title" }, words.title), this.again, shut),
      this.log, this.starters, this.form.element, this.status, this.card.element);
  }
}
