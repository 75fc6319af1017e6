// Two customers, two models, blocking chat completions: metered, then asked for by model and day.
// Needs a running Meterlark server (METERLARK_URL); OPENAI_API_KEY and OPENAI_BASE_URL are read by the openai package.
import OpenAI from "openai";
import { Meterlark } from "../src/index.js";

const meterlark = new Meterlark({ url: process.env["METERLARK_URL"] ?? "http://127.0.0.1:8888" });
const openai = new OpenAI();

for (const [customer, model] of [["acme", "gpt-4o-mini"], ["acme", "gpt-4o"], ["globex", "gpt-4o-mini"]] as const) {
  const content = `In one sentence: why would ${customer} count its tokens?`;
  const answer = await openai.chat.completions.create({ model, messages: [{ role: "user", content }] });
  console.log(`${customer} ${model}: ${answer.choices[0]?.message.content}`);
  await meterlark.ingest({
    id: answer.id, // the provider's: sending the event again counts nothing twice
    source: "chat-example",
    type: "llm.usage",
    subject: customer,
    time: new Date(answer.created * 1000),
    data: { provider: "openai", operation: "chat", model: answer.model, usage_source: "reported", ...answer.usage },
  });
}

for (const row of await meterlark.query("llm_total_tokens", { windowSize: "DAY", groupBy: ["subject", "model"] })) {
  console.log(`${row.windowStart.slice(0, 10)}  ${row.subject?.padEnd(10)}${row.groupBy["model"]?.padEnd(26)}${row.value.padStart(8)}`);
}
