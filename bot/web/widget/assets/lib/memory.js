// What a tab remembers, so that a reload or the next page continues: the conversation's id and its answers.

const MOST_TURNS = 20;

class Memory {
  #key;

  constructor(endpoint, site) {
    this.#key = `onrecord ${endpoint} ${site}`;
  }

  // { conversation, turns: [{ question, answer }] }; empty where nothing is kept or storage is refused.
  read() {
    try {
      const { conversation = "", turns = [] } = JSON.parse(sessionStorage.getItem(this.#key)) ?? {};
      return { conversation, turns };
    } catch {
      return { conversation: "", turns: [] };
    }
  }

  keep(conversation, question, answer) {
    const kept = this.read();
    const turns = kept.conversation === conversation ? kept.turns : [];
    this.#write({ conversation, turns: [...turns, { question, answer }].slice(-MOST_TURNS) });
  }

  clear() {
    this.#write({});
  }

  #write(value) {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(value));
    } catch {
      // Without storage a reload begins anew.
    }
  }
}
