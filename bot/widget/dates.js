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

// Outlet, authors and dates of a citation, for the line below a headline.
function factsOf(citation, words, language) {
  const { outlet, authors = [], published = "", updated = "" } = citation;
  const facts = [outlet, authors.join(", "), dayOf(published, language)];
  if (updated.slice(0, 10) > published.slice(0, 10)) {
    facts.push(fill(words.updatedOn, { date: dayOf(updated, language) }));
  }
  return facts.filter(Boolean);
}
