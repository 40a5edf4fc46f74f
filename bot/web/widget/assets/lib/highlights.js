// The words of a text that answer. The server counts characters, JavaScript UTF-16 code units.

// The paragraphs of a text that are not blank, as { start, text, answers }; `answers` are ranges of code units.
function* paragraphsOf(text, highlights = []) {
  const answers = codeUnitRanges(text, highlights);
  let start = 0;
  for (const part of text.split(/(\n\s*\n)/)) {
    if (part.trim()) yield { start, text: part, answers: answers.map((range) => range.map((offset) => offset - start)) };
    start += part.length;
  }
}

function codeUnitRanges(text, highlights) {
  const characters = highlights.length ? [...text] : [];
  const units = (count) => characters.slice(0, count).join("").length;
  return highlights.map(({ start, end }) => [units(start), units(end)]);
}

// The nodes of `text.slice(start, end)`, with what answers in <mark>.
function* markedText({ text, answers }, start = 0, end = text.length) {
  let at = start;
  for (const [first, last] of answers) {
    const [from, to] = [Math.max(first, at), Math.min(last, end)];
    if (from >= to) continue;
    yield text.slice(at, from);
    yield h("mark", {}, text.slice(from, to));
    at = to;
  }
  yield text.slice(at, end);
}
