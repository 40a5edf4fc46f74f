// What a reader can do with an answer: copy it, say whether it helped, and why not.

function actionsOf(answer, chat) {
  const { words } = chat;
  const row = h("div", { class: "actions" }, button(words.copy, (event) => copyAnswer(answer, chat, event.currentTarget)));
  if (!answer.turn) return row; // it was not remembered
  const judge = (helpful) => (event) => judged(answer, chat, row, helpful, event.currentTarget);
  row.append(
    button(words.helpful, judge(true), { "aria-pressed": "false" }),
    button(words.unhelpful, judge(false), { "aria-pressed": "false" }),
  );
  return row;
}

async function copyAnswer(answer, chat, pressed) {
  const { words, language } = chat;
  const done = await copyText(plainText(answer, words, language, (one) => chat.linkOf(one)));
  pressed.textContent = done ? words.copied : words.notCopied;
  setTimeout(() => { pressed.textContent = words.copy; }, 2000);
}

function judged(answer, chat, row, helpful, pressed) {
  row.querySelectorAll("[aria-pressed]").forEach((one) => one.setAttribute("aria-pressed", one === pressed));
  row.parentElement.querySelector(".why")?.remove();
  chat.feedback(answer, helpful);
  if (helpful) return;
  const form = whyNot(answer, chat);
  row.after(form);
  form.scrollIntoView({ block: "nearest" });
}

function whyNot(answer, chat) {
  const { words } = chat;
  const tell = (reason) => {
    chat.feedback(answer, false, reason);
    const thanks = h("p", { class: "note", tabindex: "-1" }, words.thanks);
    form.replaceWith(thanks);
    thanks.focus({ preventScroll: true });
  };
  const own = h("input", { type: "text", maxlength: "500", "aria-label": words.otherReason, placeholder: words.otherReason });
  const form = h("form", { class: "why", "aria-label": words.why, onsubmit: (event) => {
    event.preventDefault();
    if (own.value.trim()) tell(own.value.trim());
  } },
    h("p", { class: "heading" }, words.why),
    h("div", { class: "choices" }, ...words.reasons.map((reason) => button(reason, () => tell(reason), { class: "quiet" }))),
    h("div", { class: "line" }, own, h("button", { type: "submit", class: "quiet" }, words.sendReason)));
  return form;
}
