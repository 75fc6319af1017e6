/**
 * The client of a Meterlark server.
 *
 *     const meterlark = new Meterlark({ url: "http://127.0.0.1:8888" });
 *     await meterlark.ingest({ id: completion.id, source: "my-app", type: "llm.usage", subject: "acme", data: { ... } });
 *     for (const row of await meterlark.query("llm_total_tokens", { windowSize: "DAY", groupBy: ["model"] })) console.log(row.value);
 *
 * `meterlark.api` has every operation of the server, typed by its OpenAPI document.
 */

import createClient, { type Client } from "openapi-fetch";
import type { components, operations, paths } from "./schema.js";
import { MeterlarkError, RETRIES, TIMEOUT_MS, transport, type TransportOptions } from "./transport.js";

export { MeterlarkError };
export type { components, operations, paths };

export type IngestResult = components["schemas"]["IngestResult"];
export type Meter = components["schemas"]["MeterAnswer"];
/** Usage of one window and group; `value` is text, because it may have more digits than a number holds. */
export type UsageRow = components["schemas"]["UsageRow"];
export type UsageQuery = NonNullable<operations["queryMeter"]["parameters"]["query"]>;

/** One CloudEvent; `id` and `source` together are its identity, which is counted once, for ever. Other members are extensions. */
export interface Event {
  id: string;
  source: string;
  type: string;
  subject: string;
  specversion?: string;
  time?: string | Date;
  data?: Record<string, unknown>;
  [extension: string]: unknown;
}

export interface Options extends Partial<TransportOptions> {
  /** The server's address. */
  url?: string;
  /** API key or portal token. */
  key?: string;
}

export class Meterlark {
  /** Every operation of the server; an answer that is no success is thrown as MeterlarkError. */
  readonly api: Client<paths>;

  constructor(options: Options = {}) {
    const { url = "http://127.0.0.1:8888", key, retries = RETRIES, timeoutMs = TIMEOUT_MS, fetch = globalThis.fetch } = options;
    const sleep = options.sleep ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)));
    this.api = createClient<paths>({
      baseUrl: url.replace(/\/+$/, ""),
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      fetch: transport({ fetch, retries, timeoutMs, sleep }),
      querySerializer: queryString,
    });
  }

  /** Store one event or several; each identity is counted once, so an event may be sent again. */
  async ingest(events: Event | readonly Event[]): Promise<IngestResult> {
    const batch = (Array.isArray(events) ? events : [events]).map((event: Event) => ({ specversion: "1.0", ...event }));
    const { data } = await this.api.POST("/api/v1/events", {
      // The document has the same body under three content types; this is the batch.
      body: batch as never,
      headers: { "content-type": "application/cloudevents-batch+json", prefer: "return=representation" },
    });
    return data as IngestResult;
  }

  /** Return the usage of a meter; what was acknowledged before is in it. */
  async query(meter: string, query: UsageQuery = {}): Promise<UsageRow[]> {
    const { data } = await this.api.GET("/api/v1/meters/{meterIdOrSlug}/query", { params: { path: { meterIdOrSlug: meter }, query } });
    return (data as components["schemas"]["UsageAnswer"]).data; // JSON, since nothing else was asked for; a refusal was thrown
  }

  /** Go through all meters, page by page. */
  async *meters(pageSize = 100): AsyncGenerator<Meter> {
    for (let page = 1; ; page += 1) {
      const { data } = await this.api.GET("/api/v1/meters", { params: { query: { page, pageSize } } });
      yield* data!;
      if (data!.length < pageSize) return;
    }
  }
}

/** Return a query string: what is undefined is left out, a list is repeated, an object is `name[key]=value`. */
function queryString(query: Record<string, unknown>): string {
  const pairs = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    if (value === undefined || value === null) return;
    if (Array.isArray(value)) value.forEach((one) => add(name, one));
    else if (value instanceof Date) pairs.append(name, value.toISOString());
    else if (typeof value === "object") Object.entries(value).forEach(([key, one]) => add(`${name}[${key}]`, one));
    else pairs.append(name, String(value));
  };
  Object.entries(query).forEach(([name, value]) => add(name, value));
  return pairs.toString();
}
