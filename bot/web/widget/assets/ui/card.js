// The card of a citation: headline, outlet, date, speaker, quote, and the link into the article.

const GAP = 8; // pixels between a marker, its card and the edge of the window

class CitationCard {
  #opener = null;
  #reposition = () => this.#position();
  #closeOutside = (event) => this.#isOutside(event) && this.close({ focus: false });

  // `citationLink(citation)` returns the link of a citation; `onFollow(citation, link)` is called when it is clicked.
  constructor({ words, language, citationLink, onFollow }) {
    Object.assign(this, { words, language, citationLink, onFollow });
    this.element = h("div", { class: "card", role: "dialog", popover: "manual", tabindex: "-1" });
    this.element.addEventListener("keydown", (event) => this.#handleTab(event));
  }

  get isOpen() {
    return this.#opener !== null;
  }

  // Opens next to a marker; closes when the same marker is pressed again.
  toggle(citation, opener) {
    const isSame = this.#opener === opener;
    this.close({ focus: isSame });
    if (isSame) return false;
    this.#opener = opener;
    opener.setAttribute("aria-expanded", "true");
    this.element.setAttribute("aria-label", fillTemplate(this.words.source, citation));
    this.element.replaceChildren(...this.#content(citation));
    this.element.showPopover();
    this.#position();
    this.#updateListeners(addEventListener);
    this.element.focus({ preventScroll: true });
    return true;
  }

  close({ focus = true } = {}) {
    if (!this.isOpen) return;
    const opener = this.#opener;
    this.#opener = null;
    opener.setAttribute("aria-expanded", "false");
    this.#updateListeners(removeEventListener);
    if (this.element.isConnected) this.element.hidePopover();
    if (focus) opener.focus({ preventScroll: true });
  }

  *#content(citation) {
    const facts = citationFacts(citation, this.words, this.language, { withOutlet: false });
    yield button(icon(CROSS), () => this.close(), { class: "plain round close", "aria-label": this.words.close });
    if (citation.outlet) yield h("p", { class: "outlet", dir: "auto" }, citation.outlet);
    yield h("p", { class: "headline", dir: "auto" }, citation.title);
    if (facts.length) yield h("p", { class: "facts", dir: "auto" }, facts.join(" · "));
    yield h("blockquote", { dir: "auto" }, ...this.#quote(citation));
    const link = this.citationLink(citation);
    if (link) yield this.#link(citation, link);
  }

  *#quote({ speaker, quote, highlights }) {
    if (speaker) yield h("p", { class: "speaker" }, fillTemplate(this.words.says, { speaker }));
    for (const paragraph of paragraphsOf(quote, highlights)) yield h("p", {}, ...markedText(paragraph));
  }

  #link(citation, link) {
    return passageAnchor(link, link.here ? this.words.showOnPage : this.words.openArticle, this.words, () => {
      this.close({ focus: !link.here });
      this.onFollow(citation, link);
    });
  }

  // Tab at the end of the card closes it and continues after the marker that opened it.
  #handleTab(event) {
    if (event.key !== "Tab") return;
    const stops = focusableElements(this.element);
    const at = stops.indexOf(this.element.getRootNode().activeElement);
    const leaves = event.shiftKey ? at <= 0 : at === stops.length - 1;
    if (!leaves) return;
    if (event.shiftKey) event.preventDefault();
    this.close();
    event.stopPropagation();
  }

  #updateListeners(change) {
    change("scroll", this.#reposition, { capture: true, passive: true });
    change("resize", this.#reposition);
    change("pointerdown", this.#closeOutside);
  }

  #isOutside(event) {
    const path = event.composedPath();
    return !path.includes(this.element) && !path.includes(this.#opener);
  }

  // Below the marker if there is room, else above it, always within the window.
  #position() {
    const marker = this.#opener.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const below = marker.bottom + GAP;
    const top = below + height + GAP <= innerHeight ? below : marker.top - GAP - height;
    const left = marker.left + marker.width / 2 - width / 2;
    const within = (value, most) => `${Math.max(GAP, Math.min(value, most - GAP))}px`;
    this.element.style.setProperty("top", within(top, innerHeight - height));
    this.element.style.setProperty("left", within(left, document.documentElement.clientWidth - width));
  }
}

// A link into an article: on this page, or in a new tab without access to this one (noopener).
function passageAnchor(link, label, words, onclick) {
  const away = link.here ? {} : { target: "_blank", rel: "noopener nofollow", title: words.newTab };
  return h("a", { class: "passage", href: link.href, onclick, ...away }, label);
}
