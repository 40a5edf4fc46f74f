// The text of an answer: paragraphs, words that answer, quotations, and citation markers such as [1] as buttons.

const PIECES = /\s*\[(\d{1,3})\]|“(?:(?!\[\d)[^“”])+”|«(?:(?!\[\d)[^«»])+»|„(?:(?!\[\d)[^„“”])+[“”]/g;
const JOINER = "\u2060"; // word joiner: keeps a marker on the line of the word before it

class AnswerText {
  text = "";

  // `markerButton(number)` returns the button of a citation, null if there is none.
  constructor(markerButton) {
    this.markerButton = markerButton;
    this.element = h("div", { class: "prose" });
  }

  // Appends a sentence, with the white space that separates it from the one before.
  add(text, highlights) {
    this.text += text;
    for (const paragraph of paragraphsOf(text, highlights)) {
      const begun = paragraph.start === 0 ? this.element.lastElementChild : null;
      (begun ?? this.#appendParagraph()).append(...this.#nodes(paragraph));
    }
  }

  // Replaces the text.
  set(text, highlights) {
    this.text = "";
    this.element.replaceChildren();
    this.add(text, highlights);
  }

  #appendParagraph() {
    const paragraph = h("p", { dir: "auto" });
    this.element.append(paragraph);
    return paragraph;
  }

  *#nodes(paragraph) {
    let end = 0;
    for (const { 0: whole, 1: number, index } of paragraph.text.matchAll(PIECES)) {
      yield* markedText(paragraph, end, index);
      end = index + whole.length;
      yield* this.#node(number, [...markedText(paragraph, index, end)]);
    }
    yield* markedText(paragraph, end);
  }

  *#node(number, content) {
    const marker = number && this.markerButton(Number(number));
    if (marker) yield* [JOINER, marker];
    else if (number) yield* content;
    else yield h("span", { class: "quoted" }, ...content);
  }
}

// The text without citation markers, for screen readers.
function withoutMarkers(text) {
  return text.replace(/\s*\[\d{1,3}\]/g, "").trim();
}

// The citations grouped by article, in the order of the text.
function groupByArticle(citations) {
  const articles = new Map();
  for (const citation of citations) {
    articles.set(citation.article, [...(articles.get(citation.article) ?? []), citation]);
  }
  return [...articles.values()];
}

// The answer with its sources as plain text, for the clipboard.
function answerAsText(answer, words, language, citationLink) {
  const cited = answer.citations.length ? answer.citations : answer.nearest;
  const sources = groupByArticle(cited).map((citations) => {
    const numbers = citations.map(({ number }) => `[${number}]`).join("");
    const link = citationLink(citations[0])?.href;
    const line = `${numbers} ${[citations[0].title, ...citationFacts(citations[0], words, language)].join(", ")}`;
    return link ? `${line}\n${link}` : line;
  });
  const heading = answer.citations.length ? words.sources : words.nearest;
  return [answer.text, ...(sources.length ? [`${heading}:\n${sources.join("\n")}`] : [])].join("\n\n");
}
