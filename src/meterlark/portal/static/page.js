/** The portal's page: finds the token, shows what it may see, and lets its holder choose the period and the meter. */

import { Client, UsageError } from "./client.js";
import { compare, figure } from "./decimal.js";
import "./element.js";
import { labeller, periodOf } from "./zone.js";

const STORED = "meterlark-portal-token";
/** Questions under way at once: a browser opens six connections to one server. */
const QUESTIONS_MAX = 6;
/** Dimension that the chart is split by where a meter has it: what people ask for first. */
const DIMENSION = "model";

const COUNTS = new Set(["SUM", "COUNT", "UNIQUE_COUNT"]);

const find = (id) => document.getElementById(id);
let asking = new AbortController();

/** Return the token and the choices, and take the token out of the address, so that it is in no history and no bookmark. */
function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const token = given.get("token") || document.body.dataset.token;
  if (token) sessionStorage.setItem(STORED, token);
  given.delete("token");
  document.body.dataset.token = "";
  history.replaceState(null, "", given.size > 0 ? `#${given}` : location.pathname);
  return { token: sessionStorage.getItem(STORED) ?? "", period: given.get("period") || "month", zone: given.get("zone") || document.body.dataset.zone };
}

/** Return the meter that was chosen last: perhaps after the questions under way began. */
function chosenMeter() {
  return new URLSearchParams(location.hash.slice(1)).get("meter");
}

function remember(name, value) {
  const given = new URLSearchParams(location.hash.slice(1));
  given.set(name, value);
  history.replaceState(null, "", `#${given}`);
}

async function show() {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  try {
    await fill(readAddress(), signal);
  } catch (error) {
    if (signal.aborted) return;
    clear();
    const isOver = error instanceof UsageError && error.status === 401;
    find("message").textContent = isOver
      ? "This link is not valid any more. Please open the page anew from where you came."
      : `The usage cannot be shown: ${error.message}.`;
    if (!(error instanceof UsageError)) throw error;
  }
}

async function fill({ token, period, zone }, signal) {
  find("period").value = period;
  if (!token) throw new UsageError(401, "there is no token");
  find("message").textContent = "Loading …";
  const { from, to } = periodOf(period, zone);
  const span = { from: from.toISOString(), to: to?.toISOString() };
  const client = new Client(location.origin, token, signal);
  const portal = await client.portal();
  const totals = await totalsOf(client, portal.meters, span);
  if (signal.aborted) return;
  find("subject").textContent = portal.displayName ?? portal.subject;
  find("until").textContent = `Times are in ${zone}. This view is valid until ${labeller("MINUTE", zone)(new Date(portal.expiresAt))}.`;
  const used = portal.meters.filter(({ slug }) => totals.has(slug));
  const quiet = portal.meters.filter(({ slug }) => !totals.has(slug));
  find("message").textContent = used.length === 0 ? "No usage in this period." : "";
  find("quiet").textContent = used.length > 0 && quiet.length > 0 ? `No usage in this period: ${quiet.map(nameOf).join(", ")}.` : "";
  replaceTiles(used.map((one) => tile(one, totals.get(one.slug))));
  choose(used.find(({ slug }) => slug === chosenMeter()) ?? used[0], { token, span, zone });
  find("meters").onclick = (event) => {
    const button = event.target.closest("button");
    if (button === null) return;
    remember("meter", button.value);
    choose(used.find(({ slug }) => slug === button.value), { token, span, zone });
  };
}

/** Return the usage of each meter that has any. */
async function totalsOf(client, meters, span) {
  const totals = new Map();
  const waiting = [...meters];
  const ask = async () => {
    for (let meter = waiting.shift(); meter !== undefined; meter = waiting.shift()) {
      const [row] = await client.usage(meter.slug, span);
      // What counts is 0 where there is nothing; of other meters there is no row then, and 0 is a figure.
      if (row !== undefined && !(COUNTS.has(meter.aggregation) && compare(row.value, "0") === 0)) totals.set(meter.slug, row.value);
    }
  };
  await Promise.all(Array.from({ length: QUESTIONS_MAX }, ask));
  return totals;
}

function tile(meter, total) {
  const [item, button, value] = ["li", "button", "strong"].map((name) => document.createElement(name));
  button.type = "button";
  button.value = meter.slug;
  value.textContent = figure(total);
  button.append(nameOf(meter), value);
  item.append(button);
  return item;
}

/** Put new tiles in the place of the old ones; who stood on one by keyboard stands on it still. */
function replaceTiles(tiles) {
  const meters = find("meters");
  const focused = meters.contains(document.activeElement) ? document.activeElement.value : undefined;
  meters.replaceChildren(...tiles);
  for (const button of meters.querySelectorAll("button")) if (button.value === focused) button.focus();
}

function choose(meter, { token, span, zone }) {
  const usage = find("usage");
  usage.hidden = meter === undefined;
  for (const button of find("meters").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === meter?.slug));
  if (meter === undefined) return;
  const dimension = meter.dimensions.includes(DIMENSION) ? DIMENSION : "";
  const attributes = { meter: meter.slug, from: span.from, to: span.to ?? "", "time-zone": zone, "group-by": dimension };
  for (const [name, value] of Object.entries(attributes)) usage.setAttribute(name, value);
  usage.token = token;
}

function clear() {
  for (const id of ["subject", "until", "meters", "quiet"]) find(id).replaceChildren();
  find("usage").hidden = true;
}

function nameOf(meter) {
  return meter.name ?? meter.slug;
}

find("period").addEventListener("change", (event) => {
  remember("period", event.target.value);
  show();
});
addEventListener("hashchange", show);
show();
