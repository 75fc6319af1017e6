// Two customers, two models, streamed chat completions: the stream is asked for its usage, which is metered, then asked for by model and day.
// Needs a running Meterlark server (METERLARK_URL); OPENAI_API_KEY and OPENAI_BASE_URL are read by the openai package.
import OpenAI from "openai";
import { Meterlark } from "../src/index.js";

const meterlark = new Meterlark({ url: process.env["METERLARK_URL"] ?? "http://127.0.0.1:8888" });
const openai = new OpenAI();

for (const [customer, model] of [["acme", "gpt-4o-mini"], ["globex", "gpt-4o-mini"], ["globex", "gpt-4o"]] as const) {
  process.stdout.write(`${customer} ${model}: `);
  const stream = await openai.chat.completions.create({
    model,
    messages: [{ role: "user", content: "What is a meadowlark?" }],
    stream: true,
    stream_options: { include_usage: true }, // one more chunk at the end, without choices
  });
  for await (const chunk of stream) {
    process.stdout.write(chunk.choices[0]?.delta.content ?? "");
    if (!chunk.usage) continue;
    await meterlark.ingest({
      id: chunk.id,
      source: "stream-example",
      type: "llm.usage",
      subject: customer,
      time: new Date(chunk.created * 1000),
      data: { provider: "openai", operation: "chat", model: chunk.model, usage_source: "reported", ...chunk.usage },
    });
  }
  process.stdout.write("\n");
}

for (const row of await meterlark.query("llm_total_tokens", { windowSize: "DAY", groupBy: ["subject", "model"] })) {
  console.log(`${row.windowStart.slice(0, 10)}  ${row.subject?.padEnd(10)}${row.groupBy["model"]?.padEnd(26)}${row.value.padStart(8)}`);
}
