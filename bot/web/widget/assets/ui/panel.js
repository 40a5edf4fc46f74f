// The floating button and the panel that it opens: beside the page, or over all of it on a phone.

class Panel {
  #make;
  #chat = null;

  // `make()` builds the conversation when the panel is opened for the first time.
  constructor(host, words, make) {
    Object.assign(this, { host });
    this.#make = make;
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
    if (!this.#chat) this.dialog.append((this.#chat = this.#make()).element);
    this.#show();
    PHONE.addEventListener("change", this.#show);
    this.host.tell("open");
  }

  close() {
    if (!this.isOpen) return;
    PHONE.removeEventListener("change", this.#show);
    this.#chat.card.close({ focus: false });
    this.dialog.close();
    this.launcher.hidden = false;
    this.launcher.focus({ preventScroll: true });
    this.host.tell("close");
  }

  // A phone's panel is modal: the browser itself keeps focus inside.
  #show = () => {
    if (this.isOpen) this.dialog.close();
    if (PHONE.matches) this.dialog.showModal();
    else this.dialog.show();
    this.launcher.hidden = true;
    this.#chat.settle();
    if (PHONE.matches) this.dialog.focus({ preventScroll: true }); // a field would bring up the keyboard
    else this.#chat.focus();
  };

  #cancel(event) {
    event.preventDefault();
    this.close();
  }
}
