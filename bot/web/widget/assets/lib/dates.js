// Dates as the reader's language writes them.

const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

// "2025-03-11" or "2025-03-11T18:30:00+00:00" as "11 March 2025"; what is no date stays as it is.
function dayOf(moment, language) {
  const date = new Date(moment.slice(0, 10));
  if (!moment || Number.isNaN(date.getTime())) return moment;
  const locale = language === "en" ? "en-GB" : language;
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(date);
}

// How long ago a moment was, in the largest unit that fits: "12 minutes ago".
function agoOf(moment, language) {
  const seconds = Math.max(0, (Date.now() - new Date(moment)) / 1000);
  if (Number.isNaN(seconds)) return "";
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-Math.floor(seconds / size), unit);
}

// "Newest source 11 March 2025, index updated 12 minutes ago."
function freshnessOf(answer, words, language) {
  const parts = [];
  if (answer.newest_source) parts.push(fill(words.newest, { date: dayOf(answer.newest_source, language) }));
  if (answer.indexed_at) parts.push(fill(words.indexed, { ago: agoOf(answer.indexed_at, language) }));
  const line = parts.join(", ");
  return line && `${line[0].toLocaleUpperCase(language)}${line.slice(1)}.`;
}

// Authors and dates of a citation, and where else it stands, for the line below a headline; with its outlet or without.
function factsOf(citation, words, language, { named = true } = {}) {
  const { outlet: source, authors = [], published = "", updated = "", corrected = "", copies = [] } = citation;
  const outlet = named ? source : "";
  const facts = [outlet, authors.join(", "), dayOf(published, language)];
  const isNews = updated.slice(0, 10) > published.slice(0, 10) && updated.slice(0, 10) !== corrected.slice(0, 10);
  if (isNews) facts.push(fill(words.updatedOn, { date: dayOf(updated, language) }));
  if (corrected) facts.push(fill(words.correctedOn, { date: dayOf(corrected, language) }));
  const elsewhere = new Set(copies.map((copy) => copy.outlet).filter((name) => name && name !== source));
  if (elsewhere.size) facts.push(fill(words.alsoIn, { outlets: [...elsewhere].join(", ") }));
  return facts.filter(Boolean);
}
