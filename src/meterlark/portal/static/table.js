/** The figures of a chart as tables, for people and for their screen readers. */

import { figure, share, sum } from "./decimal.js";
import { SERIES_MAX } from "./series.js";

/** Rows of a table; the CSV has all. */
const ROWS_MAX = 200;

/** Return the table of groups with their totals, largest first. */
export function groupTable({ groups, series, isAdditive }, dimension) {
  const all = isAdditive ? sum(groups.map(({ total }) => total)) : undefined;
  const rows = groups.slice(0, ROWS_MAX).map(({ name, total }, place) => {
    const header = cell("th", nameOf(name), "row");
    const key = document.createElement("span");
    key.className = `key series-${place < series.length ? place : SERIES_MAX}`;
    if (place < series.length || isAdditive) header.prepend(key);
    return [header, cell("td", figure(total)), ...(isAdditive ? [cell("td", share(total, all))] : [])];
  });
  const headers = [dimension, "usage", ...(isAdditive ? ["share"] : [])];
  return scroll(table(`By ${dimension}${shownOf(groups.length)}`, headers, rows));
}

/** Return the table of windows, newest first, folded away. */
export function windowTable({ windows, series, isAdditive }, label) {
  const isGrouped = series.length > 1 || series[0]?.name !== "";
  const headers = ["from", ...(isGrouped ? series.map(({ name }) => nameOf(name)) : ["usage"]), ...(isGrouped && isAdditive ? ["all"] : [])];
  const rows = windows
    .slice(-ROWS_MAX)
    .reverse()
    .map(({ start }) => {
      const values = series.map(({ cells }) => cells.get(start));
      const all = isGrouped && isAdditive ? [figure(sum(values.filter((value) => value !== undefined)))] : [];
      const texts = [...values.map((value) => (value === undefined ? "–" : figure(value))), ...all];
      return [cell("th", label(new Date(start)), "row"), ...texts.map((text) => cell("td", text))];
    });
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = "Show every figure";
  details.append(summary, scroll(table(`By time, newest first${shownOf(windows.length)}`, headers, rows)));
  return details;
}

function shownOf(count) {
  return count > ROWS_MAX ? `: ${ROWS_MAX} of ${figure(String(count))}; the CSV has all` : "";
}

function nameOf(name) {
  return name === "" ? "(none)" : name;
}

function table(title, headers, rows) {
  const made = document.createElement("table");
  made.createCaption().textContent = title;
  made.createTHead().insertRow().append(...headers.map((text) => cell("th", text, "col")));
  made.createTBody().append(
    ...rows.map((cells) => {
      const row = document.createElement("tr");
      row.append(...cells);
      return row;
    }),
  );
  return made;
}

function cell(name, text, scope) {
  const made = document.createElement(name);
  made.textContent = text;
  if (scope !== undefined) made.scope = scope;
  return made;
}

/** Return a region that scrolls, which the keyboard must reach. */
function scroll(content) {
  const region = document.createElement("div");
  region.className = "scroll";
  region.tabIndex = 0;
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", content.caption.textContent);
  region.append(content);
  return region;
}
