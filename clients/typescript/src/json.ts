/** JSON with exact decimals: numbers that the API declares as decimals become text before JSON.parse could round them. */

import { DECIMALS, OPEN } from "./decimals.js";

const NUMBER = "-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?";
// An unescaped `"name":` in JSON text is always a member's name: inside of a string the quotes would be escaped.
const MEMBER = new RegExp(`(?<!\\\\)("(?:${DECIMALS.join("|")})"\\s*:\\s*)(${NUMBER})`, "g");

/** Return the value of a JSON text, decimals as strings with all their digits. */
export function parseJson(text: string): unknown {
  const mark = `${crypto.randomUUID()} `; // tells our texts from those that were texts before
  return restore(JSON.parse(text.replace(MEMBER, `$1"${mark}$2"`)), mark, false);
}

function restore(value: unknown, mark: string, isOpen: boolean): unknown {
  if (typeof value === "string") {
    if (!value.startsWith(mark)) return value;
    const digits = value.slice(mark.length);
    return isOpen ? Number(digits) : digits;
  }
  if (Array.isArray(value)) return value.map((one) => restore(one, mark, isOpen));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, restore(one, mark, isOpen || OPEN.includes(name))]));
}
