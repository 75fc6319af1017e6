/** Questions to the server with a portal token. */

/** A question that takes longer than this is given up; the server answers any within a few seconds or says that it cannot. */
const TIMEOUT_MS = 30_000;

/** The server refused, or could not be reached (status 0). */
export class UsageError extends Error {
  constructor(status, detail) {
    super(detail);
    this.name = "UsageError";
    this.status = status;
  }
}

export class Client {
  /** @param {string} server Origin of the server. @param {string} token Portal token. @param {AbortSignal} signal Gives up all questions. */
  constructor(server, token, signal) {
    this.server = server;
    this.token = token;
    this.signal = signal;
  }

  /** Return what the token shows: `{subject, displayName, expiresAt, meters}`. */
  async portal() {
    return JSON.parse(await this.#text("/api/v1/portal/meters", {}, "application/json"));
  }

  /** Return rows `{value, windowStart, windowEnd, groupBy}`; the value is text. Parameters that are undefined are left out. */
  async usage(meter, parameters) {
    const text = await this.#text(queryPath(meter), parameters, "application/json");
    // JSON.parse would round. A number after an unescaped "value": is the value of a row; everything else in the answer is text.
    return JSON.parse(text.replace(/"value":(-?[0-9][0-9.eE+-]*)/g, '"value":"$1"')).data;
  }

  /** Return the same as CSV, as a Blob. */
  async csv(meter, parameters) {
    return new Blob([await this.#text(queryPath(meter), parameters, "text/csv")], { type: "text/csv;charset=utf-8" });
  }

  async #text(path, parameters, accept) {
    const url = new URL(path, this.server);
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.append(name, value);
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    let answer;
    let text;
    try {
      answer = await fetch(url, {
        headers: { accept, authorization: `Bearer ${this.token}` },
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        signal,
      });
      text = await answer.text();
    } catch (error) {
      if (this.signal.aborted) throw error;
      throw new UsageError(0, error.name === "TimeoutError" ? "the server did not answer in time" : "the server cannot be reached");
    }
    if (!answer.ok) throw new UsageError(answer.status, detailOf(text) ?? `the server answered with status ${answer.status}`);
    return text;
  }
}

function queryPath(meter) {
  return `/api/v1/portal/meters/${encodeURIComponent(meter)}/query`;
}

function detailOf(text) {
  try {
    const { detail } = JSON.parse(text);
    return typeof detail === "string" ? detail : undefined;
  } catch {
    return undefined; // not a problem document: a proxy's page, for instance
  }
}
