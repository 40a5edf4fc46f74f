// The conversation's id and answers in the tab's session storage, so that a reload or the next page continues it.

const MOST_TURNS = 20;

class ConversationStorage {
  #key;

  constructor(endpoint, site) {
    this.#key = `onrecord ${endpoint} ${site}`;
  }

  // { conversation, turns: [{ question, answer }] }; empty where nothing is stored or storage is not allowed.
  read() {
    try {
      const { conversation = "", turns = [] } = JSON.parse(sessionStorage.getItem(this.#key)) ?? {};
      return { conversation, turns };
    } catch {
      return { conversation: "", turns: [] };
    }
  }

  addTurn(conversation, question, answer) {
    const stored = this.read();
    const turns = stored.conversation === conversation ? stored.turns : [];
    this.#write({ conversation, turns: [...turns, { question, answer }].slice(-MOST_TURNS) });
  }

  clear() {
    this.#write({});
  }

  #write(value) {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(value));
    } catch {
      // Without storage a reload begins a new conversation.
    }
  }
}
