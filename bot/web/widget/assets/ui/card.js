// The card of one citation: headline, outlet, date, speaker, the quote, and the way into the article.

const GAP = 8; // pixels between a number, its card and the window's edge

class Card {
  #opener = null;
  #place = () => this.#move();
  #outside = (event) => this.#isOutside(event) && this.close({ focus: false });

  // `linkOf(citation)` says where a citation leads; `followed(citation, link)` is told when a reader goes there.
  constructor({ words, language, linkOf, followed }) {
    Object.assign(this, { words, language, linkOf, followed });
    this.element = h("div", { class: "card", role: "dialog", popover: "manual", tabindex: "-1" });
    this.element.addEventListener("keydown", (event) => this.#leave(event));
  }

  get isOpen() {
    return this.#opener !== null;
  }

  // Opens beside a number, and closes when the same number is pressed again.
  toggle(citation, opener) {
    const again = this.#opener === opener;
    this.close({ focus: again });
    if (again) return false;
    this.#opener = opener;
    opener.setAttribute("aria-expanded", "true");
    this.element.setAttribute("aria-label", fill(this.words.source, citation));
    this.element.replaceChildren(...this.#content(citation));
    this.element.showPopover();
    this.#move();
    this.#watch(addEventListener);
    this.element.focus({ preventScroll: true });
    return true;
  }

  close({ focus = true } = {}) {
    if (!this.isOpen) return;
    const opener = this.#opener;
    this.#opener = null;
    opener.setAttribute("aria-expanded", "false");
    this.#watch(removeEventListener);
    if (this.element.isConnected) this.element.hidePopover();
    if (focus) opener.focus({ preventScroll: true });
  }

  *#content(citation) {
    const facts = factsOf(citation, this.words, this.language, { named: false });
    yield button(icon(CROSS), () => this.close(), { class: "plain round shut", "aria-label": this.words.close });
    if (citation.outlet) yield h("p", { class: "outlet", dir: "auto" }, citation.outlet);
    yield h("p", { class: "headline", dir: "auto" }, citation.title);
    if (facts.length) yield h("p", { class: "facts", dir: "auto" }, facts.join(" · "));
    yield h("blockquote", { dir: "auto" }, ...this.#quote(citation));
    const link = this.linkOf(citation);
    if (link) yield this.#link(citation, link);
  }

  *#quote({ speaker, quote }) {
    if (speaker) yield h("p", { class: "speaker" }, fill(this.words.says, { speaker }));
    yield* quote.split(/\n\s*\n/).map((paragraph) => h("p", {}, flat(paragraph)));
  }

  #link(citation, link) {
    return anchor(link, link.here ? this.words.showOnPage : this.words.openArticle, this.words, () => {
      this.close({ focus: !link.here });
      this.followed(citation, link);
    });
  }

  // Tab leaves the card at its end and goes on behind the number that opened it.
  #leave(event) {
    if (event.key !== "Tab") return;
    const stops = focusable(this.element);
    const at = stops.indexOf(this.element.getRootNode().activeElement);
    const leaves = event.shiftKey ? at <= 0 : at === stops.length - 1;
    if (!leaves) return;
    if (event.shiftKey) event.preventDefault();
    this.close();
    event.stopPropagation();
  }

  #watch(change) {
    change("scroll", this.#place, { capture: true, passive: true });
    change("resize", this.#place);
    change("pointerdown", this.#outside);
  }

  #isOutside(event) {
    const path = event.composedPath();
    return !path.includes(this.element) && !path.includes(this.#opener);
  }

  // Below the number where there is room, else above it, and always within the window.
  #move() {
    const number = this.#opener.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const below = number.bottom + GAP;
    const top = below + height + GAP <= innerHeight ? below : number.top - GAP - height;
    const left = number.left + number.width / 2 - width / 2;
    const within = (value, most) => `${Math.max(GAP, Math.min(value, most - GAP))}px`;
    this.element.style.setProperty("top", within(top, innerHeight - height));
    this.element.style.setProperty("left", within(left, document.documentElement.clientWidth - width));
  }
}

// A link into an article: within this page, or in a new tab that cannot reach back.
function anchor(link, label, words, onclick) {
  const away = link.here ? {} : { target: "_blank", rel: "noopener nofollow", title: words.newTab };
  return h("a", { class: "passage", href: link.href, onclick, ...away }, label);
}
