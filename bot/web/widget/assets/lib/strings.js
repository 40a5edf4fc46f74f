// The words of the widget by language, each from a file of its own. `strings` on the element replaces any of them.

const STRINGS = {};

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
