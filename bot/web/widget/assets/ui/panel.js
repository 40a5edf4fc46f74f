// The floating button and its panel, which covers a corner of the page, or all of it on a phone.

class Panel {
  #createChat;
  #chat = null;

  // `createChat()` is called when the panel is opened for the first time.
  constructor(host, words, createChat) {
    Object.assign(this, { host });
    this.#createChat = createChat;
    this.launcher = button(icon(SPEECH), () => this.open(), { class: "launcher", "aria-haspopup": "dialog" });
    this.launcher.append(h("span", {}, words.title));
    const oncancel = (event) => this.#cancel(event);
    this.dialog = h("dialog", { class: "panel", tabindex: "-1", "aria-label": words.title, oncancel });
  }

  get isOpen() {
    return this.dialog.open;
  }

  open() {
    if (this.isOpen) return;
    if (!this.#chat) this.dialog.append((this.#chat = this.#createChat()).element);
    this.#show();
    PHONE.addEventListener("change", this.#show);
    this.host.emit("open");
  }

  close() {
    if (!this.isOpen) return;
    PHONE.removeEventListener("change", this.#show);
    this.#chat.card.close({ focus: false });
    this.dialog.close();
    this.launcher.hidden = false;
    this.launcher.focus({ preventScroll: true });
    this.host.emit("close");
  }

  // On a phone the panel is modal: the browser keeps focus inside.
  #show = () => {
    if (this.isOpen) this.dialog.close();
    if (PHONE.matches) this.dialog.showModal();
    else this.dialog.show();
    this.launcher.hidden = true;
    this.#chat.scrollToEnd();
    if (PHONE.matches) this.dialog.focus({ preventScroll: true }); // focus on the field would open the keyboard
    else this.#chat.focus();
  };

  #cancel(event) {
    event.preventDefault();
    this.close();
  }
}
