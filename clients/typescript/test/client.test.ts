import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { type Event, Meterlark, MeterlarkError } from "../src/index.js";
import { parseJson } from "../src/json.js";
import { type Running, startProvider, startServer } from "./server.js";

let server: Running;
let client: Meterlark;

before(async () => {
  server = await startServer();
  client = new Meterlark({ url: server.url });
});
after(() => server.stop());

const event = (id: string, type: string, data: Record<string, unknown>): Event => ({
  id,
  source: type,
  type,
  subject: "acme",
  time: "2026-11-24T08:30:00Z",
  data,
});

test("what is sent is counted, and sending it again counts nothing", async () => {
  const body = { slug: "ts_sum", eventType: "ts_sum", aggregation: "SUM", valueProperty: "$.n", groupBy: { model: "$.model" } } as const;
  await client.api.POST("/api/v1/meters", { body });

  assert.equal((await client.ingest([event("1", "ts_sum", { n: 3, model: "a" }), event("2", "ts_sum", { n: 4, model: "b" })])).new, 2);
  assert.equal((await client.ingest(event("1", "ts_sum", { n: 3, model: "a" }))).duplicate, 1);

  const rows = await client.query("ts_sum", { windowSize: "DAY", groupBy: ["model"], filterGroupBy: { model: ["a", "b"] } });
  assert.deepEqual(rows.map((row) => [row.groupBy["model"], row.value]), [["a", "3"], ["b", "4"]]);
});

test("a value keeps every digit, and a user's own number stays a number", async () => {
  await client.api.POST("/api/v1/meters", { body: { slug: "ts_exact", eventType: "ts_exact", aggregation: "SUM", valueProperty: "$.value" } });
  await client.ingest(event("1", "ts_exact", { value: "12345678901234567.000000000000000001" }));
  await client.ingest(event("2", "ts_exact", { value: 1 }));

  assert.equal((await client.query("ts_exact"))[0]?.value, "12345678901234568.000000000000000001");
  const { data } = await client.api.GET("/api/v1/events/explain", { params: { query: { id: "2", source: "ts_exact" } } });
  assert.equal((data!.event as Event).data?.["value"], 1);
  assert.equal(data!.meters[0]?.value, "1");
});

test("texts that look like members are left alone", () => {
  const value = { note: 'say "value": 12 now', list: ['"value":', 1], value: "text" };
  assert.deepEqual(parseJson(JSON.stringify(value)), value);
});

test("pages are gone through", async () => {
  const slugs: string[] = [];
  for await (const meter of client.meters(2)) slugs.push(meter.slug);
  assert.equal(slugs.length, new Set(slugs).size);
  assert.ok(slugs.includes("llm_total_tokens") && slugs.length > 4);
});

test("a refusal says what is wrong and where", async () => {
  await assert.rejects(client.query("llm_requests", { windowSize: "WEEK" }), (error: MeterlarkError) => {
    assert.deepEqual([error.status, error.field], [400, "windowSize"]);
    return true;
  });
  await assert.rejects(client.query("no_such"), { name: "MeterlarkError", status: 404 });
});

/** Return a client whose server answers as told, and the waits and requests it made. */
function told(...answers: (Response | Error)[]): { client: Meterlark; waits: number[]; requests: Request[] } {
  const waits: number[] = [];
  const requests: Request[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    requests.push(request);
    const answer = answers.shift()!;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const sleep = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
  return { client: new Meterlark({ fetch, sleep }), waits, requests };
}

const busy = (after: string): Response => new Response("", { status: 503, headers: { "retry-after": after } });
const rows = (): Response => new Response('{"data":[]}', { headers: { "content-type": "application/json" } });

test("a question is asked again as the server says", async () => {
  const { client, waits, requests } = told(busy("3"), new TypeError("fetch failed"), rows());

  assert.deepEqual(await client.query("m"), []);
  assert.equal(waits[0], 3000);
  assert.ok(waits[1]! >= 250 && waits[1]! <= 500);
  assert.equal(requests.length, 3);
});

test("events are sent again with their body", async () => {
  const done = new Response('{"new":1,"duplicate":0,"conflict":0,"results":[]}', { headers: { "content-type": "application/json" } });
  const { client, requests } = told(new TypeError("fetch failed"), done);

  assert.equal((await client.ingest(event("1", "t", {}))).new, 1);
  assert.equal(((await requests[1]!.json()) as Event[])[0]?.id, "1");
});

test("a change is sent once, and a long wait is the caller's to decide", async () => {
  const change = told(busy("1"));
  await assert.rejects(change.client.api.POST("/api/v1/meters", { body: { slug: "a", eventType: "a", aggregation: "COUNT" } }), { status: 503 });
  assert.equal(change.requests.length, 1);

  const long = told(busy("3600"));
  await assert.rejects(long.client.query("m"), { status: 503, retryAfterSeconds: 3600 });
  assert.deepEqual(long.waits, []);
});

for (const [name, source] of [["openai_chat", "chat-example"], ["openai_stream", "stream-example"]] as const) {
  test(`the example ${name} meters three calls of two customers`, async () => {
    const provider = await startProvider();
    try {
      const environment = { ...process.env, METERLARK_URL: server.url, OPENAI_BASE_URL: provider.url, OPENAI_API_KEY: "loopback" };
      const { stdout } = await promisify(execFile)(process.execPath, [`dist/examples/${name}.js`], { env: environment });
      assert.match(stdout, /^\d{4}-\d\d-\d\d  acme +gpt-4o/m);
    } finally {
      await provider.stop();
    }
    const { data } = await client.api.GET("/api/v1/events", { params: { query: { limit: 100 } } });
    const events = data!.map((stored) => stored.event as Event).filter((one) => one.source === source);
    assert.equal(events.length, 3);
    assert.deepEqual(new Set(events.map((one) => one.subject)), new Set(["acme", "globex"]));
    assert.ok(events.every((one) => (one.data?.["total_tokens"] as number) > 0));
  });
}
