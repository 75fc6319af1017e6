/**
 * <meterlark-usage>: the usage of whoever a portal token was made for, as a chart with its figures. No dependencies; themed by CSS custom
 * properties (`--meterlark-*`, and `color-scheme` for light or dark); passes strict content security policies.
 *
 * Attributes: `token` (or the property, which is not written into the page), `meter`, `window` (MINUTE, HOUR, DAY, MONTH; DAY when not
 * given), `from` and `to` (times of RFC 3339; the last 30 days when not given), `group-by` (a dimension of the meter), `time-zone` (IANA;
 * UTC when not given), `server` (where this file came from when not given).
 *
 * Events: `meterlark-usage` when figures are shown (detail: `{total}`), `meterlark-expired` when the token is refused: give a new one.
 */

import { draw, WINDOWS_MAX } from "./chart.js";
import { Client, UsageError } from "./client.js";
import { figure } from "./decimal.js";
import { chartOf } from "./series.js";
import { sheet } from "./style.js";
import { groupTable, windowTable } from "./table.js";
import { labeller, periodOf } from "./zone.js";

const SIZES = ["MINUTE", "HOUR", "DAY", "MONTH"];
const REFUSED = 401;
/** Refused tokens in a row after which the product is told no more, so that one which keeps giving wrong ones does not ask for ever. */
const REFUSED_MAX = 3;
/** Pixels that are drawn on where the element has no width yet. */
const WIDTH_DEFAULT = 640;

export class MeterlarkUsage extends HTMLElement {
  static observedAttributes = ["token", "meter", "window", "from", "to", "group-by", "time-zone", "server"];

  #token;
  #asking;
  #isPlanned = false;
  #refused = 0;
  #shown;
  #parts;
  #resized = new ResizeObserver(() => this.#draw());

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    this.#parts = build();
    root.append(this.#parts.section);
    this.#parts.button.addEventListener("click", () => this.#download());
  }

  get token() {
    return this.#token ?? this.getAttribute("token") ?? "";
  }

  /** Kept here only; takes precedence over the attribute. */
  set token(text) {
    this.#token = text;
    this.#plan();
  }

  connectedCallback() {
    this.#resized.observe(this);
    this.#plan();
  }

  disconnectedCallback() {
    this.#resized.disconnect();
    this.#asking?.abort();
  }

  attributeChangedCallback() {
    this.#plan();
  }

  /** Ask once for all attributes that change together. */
  #plan() {
    if (this.#isPlanned || !this.isConnected) return;
    this.#isPlanned = true;
    queueMicrotask(() => {
      this.#isPlanned = false;
      if (this.isConnected) this.#refresh();
    });
  }

  async #refresh() {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#parts.section.setAttribute("aria-busy", "true");
    try {
      const shown = await this.#ask(this.#question(), asking.signal);
      if (asking.signal.aborted) return;
      this.#shown = shown;
      this.#refused = 0;
      this.#show();
      this.dispatchEvent(new CustomEvent("meterlark-usage", { bubbles: true, composed: true, detail: { total: shown.total } }));
    } catch (error) {
      if (asking.signal.aborted) return;
      this.#shown = undefined;
      this.#fail(error);
    } finally {
      if (this.#asking === asking) this.#parts.section.setAttribute("aria-busy", "false");
    }
  }

  #question() {
    const zone = this.getAttribute("time-zone") || "UTC";
    const size = this.getAttribute("window") || "DAY";
    const meter = this.getAttribute("meter") || "";
    if (!meter) throw new UsageError(0, "the attribute meter is missing");
    if (!this.token) throw new UsageError(0, "the attribute token is missing");
    if (!SIZES.includes(size)) throw new UsageError(0, `window is ${size.slice(0, 40)}; allowed are ${SIZES.join(", ")}`);
    const from = this.getAttribute("from") || withoutMilliseconds(periodOf("30-days", zoneOf(zone)).from);
    const span = { from, to: this.getAttribute("to") || undefined };
    return { zone, size, meter, span, dimension: this.getAttribute("group-by") || undefined };
  }

  async #ask({ zone, size, meter, span, dimension }, signal) {
    const server = this.getAttribute("server") || new URL(import.meta.url).origin;
    const client = new Client(server, this.token, signal);
    const parameters = { ...span, windowTimeZone: zone };
    const windowed = { ...parameters, windowSize: size, groupBy: dimension };
    const portal = await client.portal();
    const known = portal.meters.find(({ slug }) => slug === meter);
    if (known === undefined) throw new UsageError(0, `the token does not show the meter ${meter.slice(0, 80)}`);
    const rows = await client.usage(meter, windowed);
    // After the rows, so that it knows every group that they have.
    const totals = await client.usage(meter, { ...parameters, groupBy: dimension });
    const [whole] = await client.usage(meter, parameters);
    const chart = chartOf(rows, totals, dimension, known.aggregation);
    return { client, known, windowed, zone, size, span, dimension, chart, total: whole?.value, now: new Date() };
  }

  #show() {
    const { known, chart, total, dimension, size, zone } = this.#shown;
    const { h3, message, groups, windows, button } = this.#parts;
    const label = labeller(size, zone);
    h3.textContent = known.name ?? known.slug;
    this.#parts.total.textContent = total === undefined ? "" : figure(total);
    this.#parts.period.textContent = this.#period();
    button.hidden = chart.windows.length === 0;
    message.classList.remove("wrong");
    message.textContent = chart.windows.length === 0 ? "No usage in this period." : tooMany(chart.windows.length);
    groups.replaceChildren(...(dimension === undefined || chart.groups.length === 0 ? [] : [groupTable(chart, dimension)]));
    windows.replaceChildren(...(chart.windows.length === 0 ? [] : [windowTable(chart, label)]));
    this.#draw();
  }

  #draw() {
    if (this.#shown === undefined) return;
    const { chart, size, zone, span, now, known } = this.#shown;
    const place = this.#parts.chart;
    if (chart.windows.length === 0 || chart.windows.length > WINDOWS_MAX) {
      place.replaceChildren();
      return;
    }
    // Windows reach beyond what was asked for where it begins or ends within one.
    const from = new Date(Math.min(new Date(span.from), new Date(chart.windows[0].start)));
    const to = new Date(Math.max(span.to === undefined ? now : new Date(span.to), new Date(chart.windows.at(-1).end)));
    const width = Math.round(place.clientWidth) || WIDTH_DEFAULT;
    const summary = `${known.name ?? known.slug}, ${this.#period()}. The figures are in the tables below.`;
    place.replaceChildren(draw(chart, { width, from, to, now, label: labeller(size, zone), summary }));
  }

  #period() {
    const { span, zone, size } = this.#shown;
    const label = labeller(size === "MONTH" ? "DAY" : size, zone);
    // The end is exclusive: its last instant is what people call the last day.
    const end = span.to === undefined ? "now" : label(new Date(new Date(span.to).getTime() - 1));
    return `${label(new Date(span.from))} – ${end}, ${zone}`;
  }

  #fail(error) {
    const { h3, message, chart, groups, windows, button } = this.#parts;
    for (const part of [chart, groups, windows, this.#parts.total, this.#parts.period]) part.replaceChildren();
    button.hidden = true;
    h3.textContent = "Usage";
    message.classList.add("wrong");
    if (!(error instanceof UsageError)) {
      message.textContent = "The usage cannot be shown.";
      throw error; // our own mistake: the console has it
    }
    const isRefused = error.status === REFUSED;
    message.textContent = isRefused ? `This view is not valid any more: ${error.message}. Please open it anew.` : `The usage cannot be shown: ${error.message}.`;
    if (isRefused && (this.#refused += 1) <= REFUSED_MAX) this.dispatchEvent(new CustomEvent("meterlark-expired", { bubbles: true, composed: true }));
  }

  async #download() {
    const { client, known, windowed } = this.#shown;
    try {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await client.csv(known.slug, windowed));
      link.download = `${known.slug}.csv`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      this.#fail(error);
    }
  }
}

/** Return the parts by name, put together; without markup as text, which pages with trusted types forbid. */
function build() {
  const parts = Object.fromEntries(
    Object.entries({ section: "section", header: "header", h3: "h3", total: "p", period: "p", button: "button", message: "p", chart: "div", groups: "div", windows: "div" }).map(
      ([name, tag]) => [name, Object.assign(document.createElement(tag), { className: name })],
    ),
  );
  Object.assign(parts.button, { type: "button", hidden: true, textContent: "Download CSV" });
  parts.message.setAttribute("role", "status");
  parts.header.append(parts.h3, parts.total, parts.period, parts.button);
  parts.section.append(parts.header, parts.message, parts.chart, parts.groups, parts.windows);
  return parts;
}

function tooMany(count) {
  return count > WINDOWS_MAX ? `${figure(String(count))} windows are too many for a chart; choose longer windows or a shorter period.` : "";
}

function withoutMilliseconds(instant) {
  return instant.toISOString().replace(/\.\d+Z$/, "Z");
}

function zoneOf(name) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name;
  } catch {
    throw new UsageError(0, `time-zone is ${name.slice(0, 80)}; allowed are IANA names such as Europe/Berlin`);
  }
}

if (customElements.get("meterlark-usage") === undefined) customElements.define("meterlark-usage", MeterlarkUsage);
