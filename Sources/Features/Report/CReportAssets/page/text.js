// Quantities and names as people read them, in the words and units of the terminal.

const DAY = 86_400_000;

/** A name from outside: what could break the line or turn the direction of writing is made visible. */
function shown(text) {
  const named = { "\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\" };
  return String(text ?? "").replace(/[\\\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/gu, (mark) => {
    if (mark === "\u200c" || mark === "\u200d") return mark;
    return named[mark] ?? `\\u{${mark.codePointAt(0).toString(16)}}`;
  });
}

/** What programs printed: lines and tabs stay, colours of the terminal go. */
function printed(text) {
  return String(text ?? "")
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "")
    .split(/(\n|\t)/)
    .map((part) => (part === "\n" || part === "\t" ? part : shown(part).replaceAll("\\\\", "\\")))
    .join("");
}

/** A unit's name with the values of its axes as they are. */
function unitName(name) {
  try {
    return shown(decodeURIComponent(name));
  } catch {
    return shown(name);
  }
}

function duration(ms) {
  if (ms == null) return "";
  if (ms > 0 && ms < 100) return `${Math.round(ms)} ms`;
  const two = (number) => String(number).padStart(2, "0");
  const tenths = Math.round(Math.max(0, ms) / 100);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)}s`;
  const whole = Math.round(ms / 1000);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)}h ${two(Math.floor((whole % 3600) / 60))}m`;
  return `${Math.floor(whole / 86_400)}d ${Math.floor((whole % 86_400) / 3600)}h`;
}

function bytes(count) {
  if (count == null) return "";
  if (Math.abs(count) < 1000) return `${count} B`;
  let value = count;
  for (const unit of ["kB", "MB", "GB", "TB", "PB"]) {
    value /= 1000;
    if (Math.abs(value) < 99.95) return `${value.toFixed(1)} ${unit}`;
    if (Math.abs(value) < 999.5) return `${Math.round(value)} ${unit}`;
  }
  return `${value.toFixed(1)} PB`;
}

const count = (number) => (number ?? 0).toLocaleString("en-US");

const counted = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

/** A moment in the reader's own time, to the second. */
function moment(ms) {
  if (ms == null) return "";
  if (ms > 0 && ms < 100) return `${Math.round(ms)} ms`;
  const two = (number) => String(number).padStart(2, "0");
  const at = new Date(ms);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** A moment to the minute. */
const minute = (ms) => moment(ms).slice(0, 16);

function percent(part, whole) {
  if (!whole) return "0 %";
  const share = (100 * part) / whole;
  return `${share > 0 && share < 1 ? "<1" : share > 99 && share < 100 ? ">99" : Math.round(share)} %`;
}

/** A commit or digest, cut to what is compared by eye. */
const short = (name) => shown(name).slice(0, 12) + (String(name).endsWith("-dirty") ? "-dirty" : "");

const sum = (items, of) => items.reduce((total, item) => total + (of(item) ?? 0), 0);
