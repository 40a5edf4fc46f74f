// The answer's text: paragraphs, quotations set off, and markers such as [1] as buttons.

const PIECES = /\s*\[(\d{1,3})\]|“(?:(?!\[\d)[^“”])+”|«(?:(?!\[\d)[^«»])+»|„(?:(?!\[\d)[^„“”])+[“”]/g;
const JOINER = "\u2060"; // keeps a number on the line of the word before it

class Prose {
  text = "";

  // `mark(number)` gives the button of a citation, null where there is none.
  constructor(mark) {
    this.mark = mark;
    this.element = h("div", { class: "prose" });
  }

  // Adds a sentence with what separates it from the one before.
  add(text) {
    this.text += text;
    text.split(/\n{2,}/).forEach((part, at) => {
      if (!part) return;
      const paragraph = at === 0 ? this.element.lastElementChild : null;
      (paragraph ?? this.#begun()).append(...this.#pieces(part));
    });
  }

  // Puts the whole text in place of what is there.
  set(text) {
    this.text = "";
    this.element.replaceChildren();
    this.add(text);
  }

  #begun() {
    const paragraph = h("p", { dir: "auto" });
    this.element.append(paragraph);
    return paragraph;
  }

  *#pieces(text) {
    let end = 0;
    for (const match of text.matchAll(PIECES)) {
      yield text.slice(end, match.index);
      yield* this.#piece(match);
      end = match.index + match[0].length;
    }
    yield text.slice(end);
  }

  *#piece([whole, number]) {
    const mark = number && this.mark(Number(number));
    if (mark) yield* [JOINER, mark];
    else yield number ? whole : h("span", { class: "quoted" }, whole);
  }
}

// The text as it is read aloud: without markers.
function spoken(text) {
  return text.replace(/\s*\[\d{1,3}\]/g, "").trim();
}

// The citations of each article, in the order of the text.
function byArticle(citations) {
  const articles = new Map();
  for (const citation of citations) {
    articles.set(citation.article, [...(articles.get(citation.article) ?? []), citation]);
  }
  return [...articles.values()];
}

// An answer with its sources as plain text, for the clipboard.
function plainText(answer, words, language, linkOf) {
  const cited = answer.citations.length ? answer.citations : answer.nearest;
  const sources = byArticle(cited).map((citations) => {
    const numbers = citations.map(({ number }) => `[${number}]`).join("");
    const link = linkOf(citations[0])?.href;
    const line = `${numbers} ${[citations[0].title, ...factsOf(citations[0], words, language)].join(", ")}`;
    return link ? `${line}\n${link}` : line;
  });
  const heading = answer.citations.length ? words.sources : words.nearest;
  return [answer.text, ...(sources.length ? [`${heading}:\n${sources.join("\n")}`] : [])].join("\n\n");
}
