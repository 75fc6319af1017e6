/** A chart as SVG: stacked bars of what adds up, lines of what does not. The figures stand in the table beside it; this is their picture. */

import { figure } from "./decimal.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 240;
const MARGIN = { top: 10, right: 10, bottom: 26, left: 64 };
const BAR_GAP = 1;
/** Widest bar in pixels, so that a period of one window does not become a wall. */
const BAR_WIDTH_MAX = 80;
const LABELS_MAX = 6;
const LABEL_WIDTH = 110;

/** Windows that are drawn; more cannot be told apart on any screen, and a browser should not be asked for them. */
export const WINDOWS_MAX = 1_000;

/**
 * Return the picture of a chart.
 *
 * @param {ReturnType<typeof import("./series.js").chartOf>} chart
 * @param {{width: number, from: Date, to: Date, now: Date, label: (instant: Date) => string, summary: string}} view Width in pixels.
 */
export function draw(chart, { width, from, to, now, label, summary }) {
  const svg = make("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": summary });
  const values = chart.windows.map(({ start }) => chart.series.map(({ cells }) => Number(cells.get(start) ?? Number.NaN)));
  const sums = values.map((cells) => (chart.isAdditive ? total(cells.filter((value) => value > 0)) : Math.max(...cells.filter(Number.isFinite))));
  const lows = values.flatMap((cells) => (chart.isAdditive ? total(cells.filter((value) => value < 0)) : cells.filter(Number.isFinite)));
  const scale = scaleOf(Math.min(0, ...lows), Math.max(0, ...sums));
  const inner = { width: width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const x = (instant) => MARGIN.left + (inner.width * (instant - from)) / (to - from);
  const y = (value) => MARGIN.top + (inner.height * (scale.high - value)) / (scale.high - scale.low);
  for (const tick of scale.ticks) svg.append(...gridLine(tick, y(tick), width));
  svg.append(...(chart.isAdditive ? bars(chart, { x, y, now, label }) : lines(chart, { x, y, label })));
  svg.append(...timeLabels(chart.windows, { x, label, width: inner.width }));
  return svg;
}

function bars({ windows, series }, { x, y, now, label }) {
  return windows.flatMap(({ start, end }) => {
    const [left, right] = [x(new Date(start)), x(new Date(end))];
    const barWidth = Math.max(1, Math.min(BAR_WIDTH_MAX, right - left - BAR_GAP));
    const place = left + (right - left - barWidth) / 2;
    const isOpen = new Date(end) > now;
    let [above, below] = [0, 0];
    return series.flatMap(({ name, colour, cells }) => {
      const text = cells.get(start);
      const value = text === undefined ? 0 : Number(text);
      if (value === 0) return [];
      const base = value > 0 ? above : below;
      if (value > 0) above += value;
      else below += value;
      const [top, bottom] = [y(Math.max(base, base + value)), y(Math.min(base, base + value))];
      const bar = make("rect", { x: place, y: top, width: barWidth, height: Math.max(1, bottom - top) });
      bar.setAttribute("class", `series-${colour}${isOpen ? " open" : ""}`);
      bar.append(titleOf(`${label(new Date(start))}${name && ` · ${name}`}: ${figure(text)}${isOpen ? " so far" : ""}`));
      return [bar];
    });
  });
}

function lines({ windows, series }, { x, y, label }) {
  return series.flatMap(({ name, colour, cells }) => {
    let path = "";
    let endBefore;
    const dots = [];
    for (const { start, end } of windows) {
      const text = cells.get(start);
      if (text === undefined) continue;
      const place = [(x(new Date(start)) + x(new Date(end))) / 2, y(Number(text))];
      // A window without usage is a gap, not a line to zero.
      path += `${start === endBefore ? "L" : "M"}${place[0]} ${place[1]}`;
      endBefore = end;
      const dot = make("circle", { cx: place[0], cy: place[1], r: 2.5, class: `series-${colour}` });
      dot.append(titleOf(`${label(new Date(start))}${name && ` · ${name}`}: ${figure(text)}`));
      dots.push(dot);
    }
    return [make("path", { d: path, class: `line series-${colour}` }), ...dots];
  });
}

function gridLine(tick, place, width) {
  const text = make("text", { x: MARGIN.left - 8, y: place + 4, class: "tick end" });
  text.textContent = shorten(tick);
  return [make("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: place, y2: place, class: "grid" }), text];
}

function timeLabels(windows, { x, label, width }) {
  const count = Math.max(1, Math.min(LABELS_MAX, Math.floor(width / LABEL_WIDTH)));
  const step = Math.ceil(windows.length / count);
  return windows
    .filter((_, place) => place % step === 0)
    .map(({ start, end }, place) => {
      const middle = (x(new Date(start)) + x(new Date(end))) / 2;
      const text = make("text", { x: place === 0 ? Math.max(MARGIN.left, middle - LABEL_WIDTH / 2) : middle, y: HEIGHT - 6, class: "tick" });
      if (place > 0) text.setAttribute("class", "tick middle");
      text.textContent = label(new Date(start));
      return text;
    });
}

/** Return round ticks, about four, that span a range. */
function scaleOf(least, most) {
  if (least === most) return { low: 0, high: 1, ticks: [0] };
  const rough = (most - least) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= rough);
  const [first, last] = [Math.floor(least / step), Math.ceil(most / step)];
  const ticks = Array.from({ length: last - first + 1 }, (_, place) => (first + place) * step);
  return { low: ticks[0], high: ticks.at(-1), ticks };
}

/** Return a figure for an axis, such as 1.5M; the exact ones are in the table. */
function shorten(value) {
  return new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 }).format(value);
}

function total(numbers) {
  return numbers.reduce((all, one) => all + one, 0);
}

function titleOf(text) {
  const title = make("title", {});
  title.textContent = text;
  return title;
}

function make(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
