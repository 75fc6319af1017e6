/** Local dates of an IANA time zone, as the server cuts windows: a day begins at its first instant, also where midnight is skipped. */

const DAY_MS = 86_400_000;

/** Return `{year, month, day}` of an instant on a zone's calendar. */
export function dateOf(instant, zone) {
  const local = new Date(instant.getTime() + offsetOf(instant.getTime(), zone));
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
}

/** Return the first instant of a local date; day and month may be out of range and count on, as in Date.UTC. */
export function startOf({ year, month, day }, zone) {
  const reading = Date.UTC(year, month - 1, day);
  // The offsets on both sides of a change of the clocks; the earlier instant counts unless the old date is still shown at it.
  const candidates = [reading - DAY_MS, reading + DAY_MS].map((near) => reading - offsetOf(near, zone)).sort((one, other) => one - other);
  return new Date(candidates.find((at) => at + offsetOf(at, zone) >= reading) ?? candidates[1]);
}

/** Return a period by its name as `{from, to}`; `to` is undefined while it goes on. */
export function periodOf(name, zone, now = new Date()) {
  const today = dateOf(now, zone);
  const ago = (days) => startOf({ ...today, day: today.day - days }, zone);
  switch (name) {
    case "month":
      return { from: startOf({ ...today, day: 1 }, zone) };
    case "last-month":
      return { from: startOf({ ...today, month: today.month - 1, day: 1 }, zone), to: startOf({ ...today, day: 1 }, zone) };
    case "7-days":
      return { from: ago(6) };
    case "30-days":
      return { from: ago(29) };
    default:
      throw new Error(`period is ${String(name).slice(0, 40)}; allowed are month, last-month, 7-days, 30-days`);
  }
}

/** Return what writes the start of a window for people. */
export function labeller(size, zone) {
  const date = { day: "numeric", month: "short", year: "numeric" };
  const parts =
    size === "MONTH" ? { month: "short", year: "numeric" } : size === "DAY" ? date : { ...date, hour: "2-digit", minute: "2-digit" };
  const format = new Intl.DateTimeFormat("en-GB", { ...parts, timeZone: zone });
  return (instant) => format.format(instant);
}

function offsetOf(ms, zone) {
  const parts = Object.fromEntries(formatOf(zone).formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const { year, month, day, hour, minute, second } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}

const formats = new Map();

function formatOf(zone) {
  if (!formats.has(zone)) {
    const digits = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };
    formats.set(zone, new Intl.DateTimeFormat("en-US", { ...digits, hourCycle: "h23", timeZone: zone }));
  }
  return formats.get(zone);
}
