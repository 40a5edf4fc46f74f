// The element <onrecord-chat>: a chat inline in the page, or with `floating` a button that opens a panel.

const SHEET = new CSSStyleSheet();
const PHONE = matchMedia("(max-width: 480px), (max-height: 400px)");

class OnrecordChat extends HTMLElement {
  #strings = null;
  #chat = null;
  #panel = null;

  connectedCallback() {
    if (Object.hasOwn(this, "strings")) this.#upgradeStrings();
    if (this.shadowRoot) return;
    if (!SHEET.cssRules.length) SHEET.replaceSync(STYLE);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [SHEET];
    root.addEventListener("keydown", (event) => this.#handleEscape(event));
    this.#show();
  }

  disconnectedCallback() {
    this.#chat?.stop();
    this.#chat?.card.close({ focus: false });
  }

  // The publisher's own strings, which replace the built-in ones.
  get strings() {
    return this.#strings ?? this.#jsonAttribute("strings", {});
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

  // Closes the panel where it covers the whole page.
  uncoverPage() {
    if (PHONE.matches) this.close();
  }

  emit(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(`onrecord:${name}`, { detail, bubbles: true, composed: true }));
  }

  #show() {
    this.#chat?.stop();
    const localized = stringsFor(elementLanguage(this), this.strings);
    const chat = (onclose) => (this.#chat = this.#createChat({ ...localized, onclose }));
    if (this.hasAttribute("floating")) {
      this.#panel = new Panel(this, localized.words, () => chat(() => this.close()));
      this.shadowRoot.replaceChildren(this.#panel.launcher, this.#panel.dialog);
    } else {
      this.shadowRoot.replaceChildren(chat(null).element);
    }
  }

  #createChat(options) {
    const chat = new Chat(this, options);
    const starters = this.#jsonAttribute("starters", null);
    if (starters) chat.showStarters(starters);
    else whenVisible(chat.element, () => this.#loadStarters(chat));
    return chat;
  }

  async #loadStarters(chat) {
    const session = await chat.client.session()?.catch(() => null);
    if (session?.site?.starters?.length) chat.showStarters(session.site.starters);
  }

  #handleEscape(event) {
    if (event.key !== "Escape") return;
    if (this.#chat?.card.isOpen) this.#chat.card.close();
    else if (this.#panel?.isOpen) this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #upgradeStrings() {
    const words = this.strings;
    delete this.strings;
    this.strings = words;
  }

  // The value of a JSON attribute, or `fallback` where it is missing; invalid JSON is logged and treated as missing.
  #jsonAttribute(name, fallback) {
    try {
      return JSON.parse(this.getAttribute(name)) ?? fallback;
    } catch {
      console.error(`onrecord-chat: ${name} is not JSON.`);
      return fallback;
    }
  }
}

// Calls `callback` once, when the element is first in view.
function whenVisible(element, callback) {
  const observer = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) return;
    observer.disconnect();
    callback();
  });
  observer.observe(element);
}
