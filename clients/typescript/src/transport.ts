/** Sends a request with retries and a time limit, and turns an answer that is no success into an error. */

import { parseJson } from "./json.js";

export const RETRIES = 3;
export const TIMEOUT_MS = 10_000;
const WAIT_MS_FIRST = 250;
const WAIT_MS_MAX = 8_000;
/** A server that asks for more patience than this gets no retry: the caller is told instead. */
const RETRY_AFTER_SECONDS_MAX = 30;
const UNAVAILABLE = [429, 502, 503, 504];

/** An answer that is no success, or none at all (status 0). */
export class MeterlarkError extends Error {
  override readonly name = "MeterlarkError";

  constructor(
    message: string,
    /** HTTP status; 0 when the server could not be reached. */
    readonly status: number,
    /** The field at fault, if the server names one. */
    readonly field?: string,
    /** When a retry is worth trying, if the server says so. */
    readonly retryAfterSeconds?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface TransportOptions {
  fetch: (request: Request) => Promise<Response>;
  retries: number;
  timeoutMs: number;
  sleep: (milliseconds: number) => Promise<void>;
}

/** Return a fetch that gives successful answers only; JSON in them has exact decimals. */
export function transport({ fetch, retries, timeoutMs, sleep }: TransportOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    let waitMs = WAIT_MS_FIRST;
    for (let left = isRepeatable(request) ? retries : 0; ; left -= 1) {
      const outcome = await once(fetch, request, timeoutMs);
      if (outcome instanceof Response) return outcome;
      const asked = outcome.retryAfterSeconds ?? 0;
      const mayHelp = outcome.status === 0 || UNAVAILABLE.includes(outcome.status);
      if (left === 0 || !mayHelp || asked > RETRY_AFTER_SECONDS_MAX || request.signal.aborted) throw outcome;
      await sleep(Math.max(asked * 1000, waitMs * (0.5 + Math.random() / 2)));
      waitMs = Math.min(waitMs * 2, WAIT_MS_MAX);
    }
  };
}

/** Questions and events may be sent twice: an event's identity is the same. */
function isRepeatable(request: Request): boolean {
  return ["GET", "PUT", "DELETE"].includes(request.method) || /\/(events|query)$/.test(new URL(request.url).pathname);
}

async function once(fetch: TransportOptions["fetch"], request: Request, timeoutMs: number): Promise<Response | MeterlarkError> {
  let response: Response;
  let text: string;
  try {
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
    response = await fetch(new Request(request.clone(), { signal }));
    if (response.ok && !isJson(response)) return response;
    text = await response.text();
  } catch (error) {
    return new MeterlarkError(`the Meterlark server at ${new URL(request.url).origin} does not answer: ${error}`, 0, undefined, undefined, {
      cause: error,
    });
  }
  return response.ok ? exact(response, text) : refusal(response, text);
}

function isJson(response: Response): boolean {
  return response.status !== 204 && /^application\/json\b/.test(response.headers.get("content-type") ?? "");
}

/** Return the answer with decimals as text. */
function exact(response: Response, text: string): Response {
  const headers = new Headers(response.headers);
  headers.delete("content-length"); // that of the text before
  return new Response(JSON.stringify(parseJson(text)), { status: response.status, headers });
}

interface Problem {
  title?: string;
  detail?: string;
  extensions?: { validationErrors?: { field?: string }[] };
}

function refusal(response: Response, text: string): MeterlarkError {
  let problem: Problem = {};
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    // Not a problem document: a proxy's page, or no body; its text is the message.
  }
  const message = problem.detail ?? problem.title ?? (text.slice(0, 200) || `HTTP status ${response.status}`);
  const after = response.headers.get("retry-after") ?? "";
  const field = problem.extensions?.validationErrors?.[0]?.field;
  return new MeterlarkError(message, response.status, field, /^\d+$/.test(after) ? Number(after) : undefined);
}
