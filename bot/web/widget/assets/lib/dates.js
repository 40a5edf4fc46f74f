// Formats dates, ages and the facts of a citation in the reader's language.

const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

// "2025-03-11" or "2025-03-11T18:30:00+00:00" as "11 March 2025", "2025-03" as "March 2025"; text that is not a date, and
// a year alone, are returned unchanged.
function formatDay(timestamp, language) {
  const date = new Date(timestamp.slice(0, 10));
  if (timestamp.length <= 4 || Number.isNaN(date.getTime())) return timestamp;
  const locale = language === "en" ? "en-GB" : language;
  const shown = timestamp.length < 10 ? { month: "long", year: "numeric" } : { dateStyle: "long" };
  return new Intl.DateTimeFormat(locale, { ...shown, timeZone: "UTC" }).format(date);
}

// The age of a timestamp in the largest unit that fits: "12 minutes ago".
function formatAge(timestamp, language) {
  const seconds = Math.max(0, (Date.now() - new Date(timestamp)) / 1000);
  if (Number.isNaN(seconds)) return "";
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-Math.floor(seconds / size), unit);
}

// "Newest source 11 March 2025, index updated 12 minutes ago."
function freshnessLine(answer, words, language) {
  const parts = [];
  if (answer.newest_source) parts.push(fillTemplate(words.newest, { date: formatDay(answer.newest_source, language) }));
  if (answer.indexed_at) parts.push(fillTemplate(words.indexed, { ago: formatAge(answer.indexed_at, language) }));
  const line = parts.join(", ");
  return line && `${line[0].toLocaleUpperCase(language)}${line.slice(1)}.`;
}

// Authors, dates and other outlets of a citation, for the line below a headline; optionally with its own outlet.
function citationFacts(citation, words, language, { withOutlet = true } = {}) {
  const { outlet: source, authors = [], published = "", updated = "", corrected = "", copies = [] } = citation;
  const outlet = withOutlet ? source : "";
  const facts = [outlet, authors.join(", "), formatDay(published, language)];
  const isUpdated = updated.slice(0, 10) > published.slice(0, 10) && updated.slice(0, 10) !== corrected.slice(0, 10);
  if (isUpdated) facts.push(fillTemplate(words.updatedOn, { date: formatDay(updated, language) }));
  if (corrected) facts.push(fillTemplate(words.correctedOn, { date: formatDay(corrected, language) }));
  const elsewhere = new Set(copies.map((copy) => copy.outlet).filter((name) => name && name !== source));
  if (elsewhere.size) facts.push(fillTemplate(words.alsoIn, { outlets: [...elsewhere].join(", ") }));
  return facts.filter(Boolean);
}
