// The actions below an answer: copy it, rate it, give the reason of a negative rating.

function answerActions(answer, chat) {
  const { words } = chat;
  const row = h("div", { class: "actions" }, button(words.copy, (event) => copyAnswer(answer, chat, event.currentTarget)));
  if (!answer.turn) return row; // an answer that is not stored cannot be rated
  const rate = (helpful) => (event) => sendFeedback(answer, chat, row, helpful, event.currentTarget);
  row.append(
    button(words.helpful, rate(true), { "aria-pressed": "false" }),
    button(words.unhelpful, rate(false), { "aria-pressed": "false" }),
  );
  return row;
}

async function copyAnswer(answer, chat, pressed) {
  const { words, language } = chat;
  const done = await copyText(answerAsText(answer, words, language, (one) => chat.citationLink(one)));
  pressed.textContent = done ? words.copied : words.notCopied;
  setTimeout(() => { pressed.textContent = words.copy; }, 2000);
}

function sendFeedback(answer, chat, row, helpful, pressed) {
  row.querySelectorAll("[aria-pressed]").forEach((one) => one.setAttribute("aria-pressed", one === pressed));
  row.parentElement.querySelector(".why")?.remove();
  chat.feedback(answer, helpful);
  if (helpful) return;
  const form = reasonForm(answer, chat);
  row.after(form);
  form.scrollIntoView({ block: "nearest" });
}

function reasonForm(answer, chat) {
  const { words } = chat;
  const submit = (reason) => {
    chat.feedback(answer, false, reason);
    const thanks = h("p", { class: "note", tabindex: "-1" }, words.thanks);
    form.replaceWith(thanks);
    thanks.focus({ preventScroll: true });
  };
  const field = h("input", { type: "text", maxlength: "500", "aria-label": words.otherReason, placeholder: words.otherReason });
  const form = h("form", { class: "why", "aria-label": words.why, onsubmit: (event) => {
    event.preventDefault();
    if (field.value.trim()) submit(field.value.trim());
  } },
    h("p", { class: "heading" }, words.why),
    h("div", { class: "choices" }, ...words.reasons.map((reason) => button(reason, () => submit(reason), { class: "quiet" }))),
    h("div", { class: "line" }, field, h("button", { type: "submit", class: "quiet" }, words.sendReason)));
  return form;
}
