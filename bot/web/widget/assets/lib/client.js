// The client of the endpoint: a site's token is fetched once, kept in memory and renewed when it is refused.

class RequestError extends Error {
  constructor(code, { status = 0, retryAfter = 0 } = {}) {
    super(code);
    Object.assign(this, { code, status, retryAfter });
  }
}

class Client {
  #endpoint;
  #site;
  #session = null;

  constructor(endpoint, site) {
    this.#endpoint = endpoint.replace(/\/$/, "");
    this.#site = site;
  }

  // Calls `onEvent(event, data)` for each event. Throws RequestError, and AbortError when the signal aborts.
  async ask(body, signal, onEvent) {
    const headers = { Accept: "text/event-stream" };
    const response = await this.#send("/v1/ask", { method: "POST", headers, body: JSON.stringify(body), signal });
    if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
      return onEvent("done", await response.json());
    }
    for await (const { event, data } of serverSentEvents(response.body)) {
      if (event === "error") throw new RequestError(data.code ?? "internal");
      onEvent(event, data);
      if (event === "done") return;
    }
    throw new RequestError("interrupted");
  }

  async feedback(body) {
    await this.#send("/v1/feedback", { method: "POST", body: JSON.stringify(body) });
  }

  async forget(conversation) {
    await this.#send(`/v1/conversations/${encodeURIComponent(conversation)}`, { method: "DELETE" });
  }

  // The session of the site, fetched once: { token, site: { name, starters } }. Null without a site.
  session() {
    if (!this.#site) return null;
    const body = JSON.stringify({ site: this.#site });
    this.#session ??= this.#fetch("/v1/session", { method: "POST", body }).then((response) => response.json());
    this.#session.catch(() => { this.#session = null; });
    return this.#session;
  }

  async #send(path, request) {
    try {
      return await this.#authorized(path, request);
    } catch (error) {
      if (!this.#site || error.status !== 401) throw error;
      this.#session = null;
      return this.#authorized(path, request);
    }
  }

  async #authorized(path, request) {
    const token = (await this.session())?.token;
    const headers = token ? { ...request.headers, Authorization: `Bearer ${token}` } : request.headers;
    return this.#fetch(path, { ...request, headers });
  }

  async #fetch(path, request) {
    const headers = { "Content-Type": "application/json", ...request.headers };
    const options = { ...request, headers, credentials: "omit", cache: "no-store" };
    const response = await fetch(this.#endpoint + path, options).catch(throwOffline);
    if (response.ok) return response;
    throw await parseError(response);
  }
}

function throwOffline(error) {
  throw error.name === "AbortError" ? error : new RequestError("offline");
}

async function parseError(response) {
  const { error = {} } = await response.json().catch(() => ({}));
  const retryAfter = Number(response.headers.get("Retry-After")) || 0;
  const code = error.code ?? (response.status === 429 ? "rate_limited" : "internal");
  return new RequestError(code, { status: response.status, retryAfter });
}

// Server-sent events as { event, data }; comments are skipped.
async function* serverSentEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ;) {
    const { value, done } = await reader.read().catch(throwInterrupted);
    if (done) return;
    const blocks = (rest + value).split(/\r\n\r\n|\n\n/);
    rest = blocks.pop();
    yield* blocks.map(parseEvent).filter((parsed) => parsed.data !== undefined);
  }
}

function throwInterrupted(error) {
  throw error.name === "AbortError" ? error : new RequestError("interrupted");
}

function parseEvent(block) {
  const fields = block.split(/\r?\n/).map((line) => line.match(/^(\w+): ?(.*)$/)).filter(Boolean);
  const event = fields.find(([, name]) => name === "event")?.[2] ?? "message";
  const data = fields.filter(([, name]) => name === "data").map(([, , text]) => text).join("\n");
  return { event, data: data ? JSON.parse(data) : undefined };
}
