/** Exact sums and shares of figures that come as text: a figure may have more digits than a number holds. */

const PATTERN = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** Digits of a figure in an answer: 38 before and after the point, with room; more than this is no figure of ours. */
const EXPONENT_MAX = 400;

/** Return `{units, scale}` with value = units / 10^scale, scale >= 0. */
export function parse(text) {
  const match = PATTERN.exec(text);
  if (match === null) throw new Error(`not a figure: ${String(text).slice(0, 80)}`);
  const [, sign, whole, fraction = "", exponent = "0"] = match;
  const power = Number(exponent);
  if (Math.abs(power) > EXPONENT_MAX) throw new Error("a figure has too many digits");
  let units = BigInt(sign + whole + fraction);
  let scale = fraction.length - power;
  if (scale < 0) [units, scale] = [units * 10n ** BigInt(-scale), 0];
  return { units, scale };
}

/** Return the exact sum of figures as text; "0" of none. */
export function sum(texts) {
  const parts = [...texts].map(parse);
  const scale = parts.reduce((most, part) => Math.max(most, part.scale), 0);
  return write({ units: parts.reduce((total, part) => total + at(part, scale), 0n), scale });
}

/** Return less than 0, 0 or more than 0 as the first figure is less than, equal to or more than the second. */
export function compare(one, other) {
  const [first, second] = [parse(one), parse(other)];
  const scale = Math.max(first.scale, second.scale);
  const difference = at(first, scale) - at(second, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Return a part of a whole in percent with one digit after the point, half away from zero; a dash of nothing. */
export function share(part, whole) {
  const [first, second] = [parse(part), parse(whole)];
  const scale = Math.max(first.scale, second.scale);
  let divisor = at(second, scale);
  if (divisor === 0n) return "–";
  let dividend = at(first, scale) * 1000n;
  if (divisor < 0n) [dividend, divisor] = [-dividend, -divisor];
  const tenths = dividend < 0n ? -((-dividend * 2n + divisor) / (divisor * 2n)) : (dividend * 2n + divisor) / (divisor * 2n);
  return `${write({ units: tenths, scale: 1 }, 1)} %`;
}

/** Return a figure with all its digits, in groups of three: 1,234,567.25. */
export function figure(text) {
  const [whole, fraction] = write(parse(text)).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function at(part, scale) {
  return part.units * 10n ** BigInt(scale - part.scale);
}

function write({ units, scale }, digitsMin = 0) {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  let fraction = digits.slice(digits.length - scale);
  while (fraction.length > digitsMin && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
  const sign = units < 0n ? "-" : "";
  return fraction === "" ? sign + whole : `${sign}${whole}.${fraction}`;
}
