// The npm package `@openmeter/sdk`, unchanged, against a real server.
import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import { OpenMeter } from "@openmeter/sdk";
import { OpenMeter as Portal } from "@openmeter/sdk/portal";
import { type Running, startServer } from "./server.js";

let server: Running;
let openmeter: OpenMeter;
let paths: Record<string, unknown>;

before(async () => {
  server = await startServer();
  openmeter = new OpenMeter({ baseUrl: server.url, apiKey: "none" });
  const document = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as { paths: Record<string, unknown> };
  paths = document.paths;
});
after(() => server.stop());

const event = (id: string, type: string, model: string, tokens: number, subject = `${type}-customer`) => ({
  id,
  source: type,
  specversion: "1.0",
  type,
  subject,
  time: new Date("2026-11-24T08:30:00Z"),
  data: { model, tokens },
});
const meter = (slug: string) =>
  ({ slug, eventType: slug, aggregation: "SUM", valueProperty: "$.tokens", groupBy: { model: "$.model" } }) as const;

/** Skip where the server has no such path yet. */
function needs(context: TestContext, path: string): boolean {
  if (path in paths) return true;
  context.skip(`this server has no ${path} yet`);
  return false;
}

test("events: one, several, listed", async () => {
  await openmeter.events.ingest(event("1", "js_events", "gpt-4o", 1));
  await openmeter.events.ingest([event("1", "js_events", "gpt-4o", 1), event("2", "js_events", "gpt-4o", 2)]);

  const listed = await openmeter.events.list({ subject: "js_events-customer" });
  assert.deepEqual(listed!.map((one) => one.event.id).sort(), ["1", "2"]);
  assert.ok(listed![0]!.ingestedAt instanceof Date);
});

test("events: id and source that the package makes up", async () => {
  await openmeter.events.ingest({ type: "js_made_up", subject: "js_made_up-customer", data: { tokens: 1 } } as never);

  const listed = await openmeter.events.list({ subject: "js_made_up-customer" });
  assert.equal(listed![0]!.event.source, "@openmeter/sdk");
});

test("meters: create, query with lists and filters, change, delete", async () => {
  const created = await openmeter.meters.create(meter("js_meters"));
  assert.equal(created!.slug, "js_meters");
  await openmeter.events.ingest([event("1", "js_meters", "gpt-4o", 3), event("2", "js_meters", "gpt-4o-mini", 4)]);

  const asked = { subject: ["js_meters-customer"], groupBy: ["model"], windowSize: "DAY" } as const;
  const usage = await openmeter.meters.query("js_meters", { ...asked, subject: [...asked.subject], groupBy: [...asked.groupBy] });
  assert.deepEqual(usage!.data.map((row) => [row.groupBy["model"], row.value]), [["gpt-4o", 3], ["gpt-4o-mini", 4]]);
  const filtered = await openmeter.meters.query("js_meters", { filterGroupBy: { model: "gpt-4o" } });
  assert.deepEqual(filtered!.data.map((row) => row.value), [3]);

  const changed = await openmeter.meters.update("js_meters", { name: "Renamed", groupBy: { model: "$.model" } });
  assert.equal(changed!.name, "Renamed");
  assert.ok((await openmeter.meters.list())!.some((one) => one.slug === "js_meters"));
  await openmeter.meters.delete("js_meters");
  await assert.rejects(openmeter.meters.get("js_meters"), /js_meters/);
});

test("portal: a token shows its subject alone, until it is taken back", async () => {
  await openmeter.meters.create(meter("js_portal"));
  await openmeter.events.ingest([event("1", "js_portal", "gpt-4o", 5), event("2", "js_portal", "gpt-4o", 9, "somebody-else")]);

  const token = await openmeter.portal.create({ subject: "js_portal-customer", allowedMeterSlugs: ["js_portal"] });
  const portal = new Portal({ baseUrl: server.url, portalToken: token!.token! });
  assert.deepEqual((await portal.query("js_portal"))!.data.map((row) => row.value), [5]);
  assert.ok((await openmeter.portal.list())!.some((one) => one.id === token!.id));
  await openmeter.portal.invalidate({ id: token!.id! });
  await assert.rejects(portal.query("js_portal"));
});

test("subjects: upsert, read, list, delete", async (context) => {
  if (!needs(context, "/api/v1/subjects")) return;
  const made = await openmeter.subjects.upsert({ key: "js_subject", displayName: "ACME" });
  assert.equal(made![0]!.key, "js_subject");
  assert.equal((await openmeter.subjects.get("js_subject"))!.displayName, "ACME");
  assert.ok((await openmeter.subjects.list())!.some((one) => one.key === "js_subject"));
  await openmeter.subjects.delete("js_subject");
});

test("customers: create, usage, list, change, delete", async (context) => {
  if (!needs(context, "/api/v1/customers")) return;
  await openmeter.meters.create(meter("js_customers"));
  await openmeter.events.ingest(event("1", "js_customers", "gpt-4o", 6));
  const body = { key: "js_customer", name: "ACME", usageAttribution: { subjectKeys: ["js_customers-customer"] } };

  const made = await openmeter.customers.create(body);
  const usage = await openmeter.meters.query("js_customers", { filterCustomerId: [made!.id] });
  assert.deepEqual(usage!.data.map((row) => row.value), [6]);
  assert.equal((await openmeter.customers.list({ key: "js_customer" }))!.totalCount, 1);
  assert.equal((await openmeter.customers.update(made!.id, { ...body, name: "ACME Inc." }))!.name, "ACME Inc.");
  await openmeter.customers.delete(made!.id);
});
