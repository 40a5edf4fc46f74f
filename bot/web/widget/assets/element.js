// <onrecord-chat>: inline where it stands, or with `floating` a button that opens a panel.

const SHEET = new CSSStyleSheet();
const PHONE = matchMedia("(max-width: 480px), (max-height: 400px)");

class OnrecordChat extends HTMLElement {
  #strings = null;
  #chat = null;
  #panel = null;

  connectedCallback() {
    if (Object.hasOwn(this, "strings")) this.#upgrade();
    if (this.shadowRoot) return;
    if (!SHEET.cssRules.length) SHEET.replaceSync(STYLE);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [SHEET];
    root.addEventListener("keydown", (event) => this.#escape(event));
    this.#show();
  }

  disconnectedCallback() {
    this.#chat?.stop();
    this.#chat?.card.close({ focus: false });
  }

  // The publisher's own words, in place of those that are shipped.
  get strings() {
    return this.#strings ?? this.#named("strings", {});
  }

  set strings(words) {
    this.#strings = words;
    if (this.shadowRoot) this.#show();
  }

  get endpoint() {
    return new URL(this.getAttribute("endpoint") || HOME, document.baseURI).href.replace(/\/$/, "");
  }

  open() {
    this.#panel?.open();
  }

  close() {
    this.#panel?.close();
  }

  ask(question) {
    this.open();
    this.#chat?.ask(question);
  }

  // Leaves the sight of what is on the page, where it fills the window.
  uncover() {
    if (PHONE.matches) this.close();
  }

  tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(`onrecord:${name}`, { detail, bubbles: true, composed: true }));
  }

  #show() {
    this.#chat?.stop();
    const wording = wordingIn(languageOf(this), this.strings);
    const chat = (onclose) => (this.#chat = this.#begun({ ...wording, onclose }));
    if (this.hasAttribute("floating")) {
      this.#panel = new Panel(this, wording.words, () => chat(() => this.close()));
      this.shadowRoot.replaceChildren(this.#panel.launcher, this.#panel.dialog);
    } else {
      this.shadowRoot.replaceChildren(chat(null).element);
    }
  }

  #begun(options) {
    const chat = new Chat(this, options);
    const starters = this.#named("starters", null);
    if (starters) chat.offer(starters);
    else whenSeen(chat.element, () => this.#askStarters(chat));
    return chat;
  }

  async #askStarters(chat) {
    const session = await chat.client.session()?.catch(() => null);
    if (session?.site?.starters?.length) chat.offer(session.site.starters);
  }

  #escape(event) {
    if (event.key !== "Escape") return;
    if (this.#chat?.card.isOpen) this.#chat.card.close();
    else if (this.#panel?.isOpen) this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #upgrade() {
    const words = this.strings;
    delete this.strings;
    this.strings = words;
  }

  // An attribute that holds JSON; what is none says so once, and is as if it were not there.
  #named(name, otherwise) {
    try {
      return JSON.parse(this.getAttribute(name)) ?? otherwise;
    } catch {
      console.error(`onrecord-chat: ${name} is not JSON.`);
      return otherwise;
    }
  }
}

function whenSeen(element, then) {
  const observer = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) return;
    observer.disconnect();
    then();
  });
  observer.observe(element);
}
