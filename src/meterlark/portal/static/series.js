/** Rows of an answer as the series of a chart: the largest groups, and the others together where adding is right. */

import { compare, sum } from "./decimal.js";

/** Series with a colour of their own; more cannot be told apart. */
export const SERIES_MAX = 7;

const ADDITIVE = new Set(["SUM", "COUNT"]);

/**
 * @param {object[]} rows With windows.
 * @param {object[]} totals The same without windows: one row for each group.
 * @param {string | undefined} dimension What they are grouped by.
 * @param {string} aggregation Of the meter.
 * @returns {{isAdditive: boolean, groups: {name: string, total: string}[], series: {name: string, colour: number, cells: Map<string, string>}[],
 *   windows: {start: string, end: string}[]}} Groups and series by total, largest first; cells by the start of their window.
 */
export function chartOf(rows, totals, dimension, aggregation) {
  const isAdditive = ADDITIVE.has(aggregation);
  const nameOf = (row) => (dimension === undefined ? "" : (row.groupBy[dimension] ?? ""));
  const groups = totals
    .map((row) => ({ name: nameOf(row), total: row.value }))
    .sort((one, other) => compare(other.total, one.total) || (one.name < other.name ? -1 : 1));
  // One more than that is shown rather than called "1 others".
  const shown = groups.slice(0, groups.length === SERIES_MAX + 1 ? SERIES_MAX + 1 : SERIES_MAX);
  const places = new Map(shown.map(({ name }, place) => [name, place]));
  const series = shown.map(({ name }, colour) => ({ name, colour, cells: new Map() }));
  const rest = new Map();
  const windows = new Map();
  for (const row of rows) {
    windows.set(row.windowStart, { start: row.windowStart, end: row.windowEnd });
    const place = places.get(nameOf(row));
    if (place !== undefined) series[place].cells.set(row.windowStart, row.value);
    else rest.set(row.windowStart, [...(rest.get(row.windowStart) ?? []), row.value]);
  }
  if (isAdditive && rest.size > 0) {
    const cells = new Map([...rest].map(([start, values]) => [start, sum(values)]));
    series.push({ name: `${groups.length - shown.length} others`, colour: SERIES_MAX, cells });
  }
  return { isAdditive, groups, series, windows: [...windows.values()].sort((one, other) => (one.start < other.start ? -1 : 1)) };
}
