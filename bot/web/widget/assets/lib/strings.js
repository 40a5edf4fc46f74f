// All strings of the widget. `strings` on the element replaces any of them; `{name}` is a placeholder.

const STRINGS = {
  en: {
    title: "Ask our articles",
    notice: "Answers come from our articles, and every sentence names its source.",
    label: "Your question",
    placeholder: "Ask a question",
    send: "Ask",
    stop: "Stop",
    close: "Close",
    restart: "Start over",
    starters: "You could ask",
    conversation: "Questions and answers",
    asked: "Question:",
    searching: "Searching the articles…",
    writing: "Writing…",
    source: "Source {number}: {title}",
    sources: "Sources",
    sourceCount: { one: "{count} source.", other: "{count} sources." },
    nearest: "Nearest articles",
    newest: "newest source {date}",
    indexed: "index updated {ago}",
    updatedOn: "updated {date}",
    correctedOn: "corrected on {date}",
    alsoIn: "also in {outlets}",
    says: "{speaker}, in this article:",
    openArticle: "Open the article at these words",
    showOnPage: "Show these words on this page",
    newTab: "opens in a new tab",
    copy: "Copy with sources",
    copied: "Copied",
    notCopied: "Copying is not allowed here",
    helpful: "Helpful",
    unhelpful: "Not helpful",
    thanks: "Thank you for telling us.",
    why: "What was wrong?",
    reasons: ["Not what I asked", "A source does not say this", "Out of date", "Something is missing"],
    otherReason: "In your own words",
    sendReason: "Send",
    stopped: "Stopped.",
    retry: "Try again",
    retryIn: { one: "Try again in {count} second", other: "Try again in {count} seconds" },
    beganAnew: "The earlier conversation has ended; this question began a new one.",
    scope: "Where to look",
    thisArticle: "This article first",
    allArticles: "All articles",
    errors: {
      offline: "There is no connection to our articles. Please check your network and try again.",
      rate_limited: "That was a lot of questions. Please wait a moment.",
      busy: "Many readers are asking at once. Please wait a moment.",
      index_unavailable: "Our articles cannot be searched right now. Please try again in a moment.",
      stopping: "Our articles are being looked after. Please try again in a moment.",
      forbidden: "Questions cannot be asked from this page.",
      not_found: "Questions cannot be asked from this page.",
      unauthorized: "Questions cannot be asked from this page right now.",
      too_large: "This question is too long. Please shorten it.",
      invalid_request: "This question could not be read. Please put it in other words.",
      interrupted: "The connection broke off before the answer was complete.",
      internal: "Something went wrong on our side. Please try again.",
    },
  },
  uk: {
    title: "Запитайте наші статті",
    notice: "Відповіді взято з наших статей, і кожне речення має джерело.",
    label: "Ваше запитання",
    placeholder: "Поставте запитання",
    send: "Запитати",
    stop: "Зупинити",
    close: "Закрити",
    restart: "Почати знову",
    starters: "Можна запитати",
    conversation: "Запитання й відповіді",
    asked: "Запитання:",
    searching: "Шукаємо у статтях…",
    writing: "Пишемо…",
    source: "Джерело {number}: {title}",
    sources: "Джерела",
    sourceCount: {
      one: "{count} джерело.", few: "{count} джерела.", many: "{count} джерел.", other: "{count} джерела.",
    },
    nearest: "Найближчі статті",
    newest: "найновіше джерело {date}",
    indexed: "покажчик оновлено {ago}",
    updatedOn: "оновлено {date}",
    correctedOn: "виправлено {date}",
    alsoIn: "також у {outlets}",
    says: "{speaker}, у цій статті:",
    openArticle: "Відкрити статтю на цих словах",
    showOnPage: "Показати ці слова на сторінці",
    newTab: "відкриється в новій вкладці",
    copy: "Копіювати з джерелами",
    copied: "Скопійовано",
    notCopied: "Копіювати тут не дозволено",
    helpful: "Корисно",
    unhelpful: "Не корисно",
    thanks: "Дякуємо за відгук.",
    why: "Що не так?",
    reasons: ["Це не те, що я питав", "У джерелі цього немає", "Застаріло", "Чогось бракує"],
    otherReason: "Своїми словами",
    sendReason: "Надіслати",
    stopped: "Зупинено.",
    retry: "Спробувати ще раз",
    retryIn: {
      one: "Спробувати ще раз за {count} секунду", few: "Спробувати ще раз за {count} секунди",
      many: "Спробувати ще раз за {count} секунд", other: "Спробувати ще раз за {count} секунди",
    },
    beganAnew: "Попередня розмова закінчилася; з цього запитання почалася нова.",
    scope: "Де шукати",
    thisArticle: "Спершу в цій статті",
    allArticles: "В усіх статтях",
    errors: {
      offline: "Немає зв’язку з нашими статтями. Перевірте мережу і спробуйте ще раз.",
      rate_limited: "Запитань було забагато. Зачекайте трохи.",
      busy: "Зараз питає багато читачів. Зачекайте трохи.",
      index_unavailable: "Зараз у наших статтях не можна шукати. Спробуйте за мить.",
      stopping: "Ми саме порядкуємо статті. Спробуйте за мить.",
      forbidden: "З цієї сторінки не можна ставити запитання.",
      not_found: "З цієї сторінки не можна ставити запитання.",
      unauthorized: "Зараз із цієї сторінки не можна ставити запитання.",
      too_large: "Запитання задовге. Скоротіть його, будь ласка.",
      invalid_request: "Не вдалося зрозуміти запитання. Спробуйте сказати інакше.",
      interrupted: "Зв’язок обірвався, перш ніж відповідь була повною.",
      internal: "У нас щось пішло не так. Спробуйте ще раз.",
    },
  },
};

// The language of an element: the `lang` of itself or its nearest ancestor, else that of the page or the browser.
function elementLanguage(element) {
  const named = element.closest("[lang]")?.lang || document.documentElement.lang || navigator.language || "en";
  try {
    return Intl.getCanonicalLocales(named)[0];
  } catch {
    return "en";
  }
}

// { words, language }: the strings in a language, with the publisher's own in place of the built-in ones. Without
// either in that language, everything is English, dates included.
function stringsFor(language, own) {
  const builtIn = STRINGS[language.split("-")[0]];
  const words = { ...(builtIn ?? STRINGS.en), ...own };
  words.errors = { ...(builtIn ?? STRINGS.en).errors, ...own.errors };
  return { words, language: builtIn || Object.keys(own).length ? language : "en" };
}

function fillTemplate(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// The plural form for a number by the rules of the language, with the number filled in.
function pluralForm(forms, count, language) {
  const form = forms[new Intl.PluralRules(language).select(count)] ?? forms.other;
  return fillTemplate(form, { count });
}
