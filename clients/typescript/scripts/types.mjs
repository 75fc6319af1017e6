// Writes src/schema.d.ts and src/decimals.ts from docs/reference/openapi.json; run by script/typegen. With --check it writes nothing and
// fails when a file would change.
//
// A number with `format: decimal` may have more digits than a JavaScript number holds, so its type here is string; `decimals.ts` lists the
// names of such members, which the client reads as text before JSON.parse would round them.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const root = new URL("../../../", import.meta.url);
const description = JSON.parse(readFileSync(new URL("docs/reference/openapi.json", root), "utf8"));
const note = "Written by script/typegen; do not edit.";

const isDecimal = (schema) => schema.format === "decimal" || (schema.anyOf ?? []).some((one) => one.format === "decimal");
const isNumber = (schema) => [schema, ...(schema.anyOf ?? [])].some((one) => one.type === "number" || one.type === "integer");

// Members of no known type hold what users sent; a number in there stays a number.
const isOpen = (schema) => !["type", "anyOf", "$ref", "enum", "const"].some((key) => key in schema);

function namesOf(schemas, holds, clashes, what) {
  const members = Object.values(schemas).flatMap((schema) => Object.entries(schema.properties ?? {}));
  const names = [...new Set(members.filter(([, member]) => holds(member)).map(([name]) => name))].sort();
  const clash = members.find(([name, member]) => names.includes(name) && !holds(member) && clashes(member));
  if (clash) throw new Error(`${clash[0]} is ${what} in one schema and not in another; the client cannot tell them apart`);
  return names;
}

const ast = await openapiTS(description, {
  defaultNonNullable: false, // a member with a default need not be sent
  transform: (schema) => (schema.format === "decimal" ? ts.factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword) : undefined),
});
const schemas = description.components.schemas;
const decimals = namesOf(schemas, isDecimal, isNumber, "a decimal");
const open = namesOf(schemas, isOpen, () => true, "open");
const files = {
  "src/schema.d.ts": `// ${note}\n${astToString(ast)}`,
  "src/decimals.ts": `// ${note}\n/** Members whose numbers are given as text, so that no digit is lost. */\nexport const DECIMALS: readonly string[] = ${JSON.stringify(decimals)};\n/** Members that hold what users sent, in which a number stays a number. */\nexport const OPEN: readonly string[] = ${JSON.stringify(open)};\n`,
};

const stale = [];
for (const [name, content] of Object.entries(files)) {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
  let before = "";
  try {
    before = readFileSync(path, "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  if (before === content) continue;
  stale.push(`clients/typescript/${name}`);
  if (!process.argv.includes("--check")) {
    writeFileSync(path, content);
    console.log(`wrote clients/typescript/${name}`);
  }
}
if (process.argv.includes("--check") && stale.length > 0) {
  console.error(`script/typegen would change ${stale.join(", ")}; run it and commit`);
  process.exit(1);
}
