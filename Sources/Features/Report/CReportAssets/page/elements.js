// Elements of the page. Text is only ever set as text, so that no name can become markup.

/** An element; `attributes` with a value of null or false are left out, functions are listeners. */
function h(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value == null || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...solid(children));
  return element;
}

/** Children of any depth without those that were left out. */
const solid = (children) => [children].flat(Infinity).filter((child) => child != null && child !== false);

const code = (text, attributes) => h("code", attributes, text);

const OUTCOMES = {
  ran: "ran", done: "done", restored: "from the store", failed: "failed", interrupted: "interrupted",
  crashed: "killed", running: "running", live: "live",
};

/** An outcome as a word with a mark; the colour says nothing that the word does not. */
const badge = (outcome, text) =>
  h("span", { class: `badge ${outcome}` }, text ?? OUTCOMES[outcome] ?? shown(outcome));

// What the reader chose, so that it outlives an update: orders and lengths of tables, open details.
const chosen = new Map();

/** Text that stays on one line. */
const still = (text) => h("span", { class: "still" }, text);

/** A part that is closed at first; `fill` is asked for its content when it is opened. */
function details(key, summary, fill) {
  const element = h("details", { "data-key": key }, h("summary", {}, summary));
  const open = () => {
    chosen.set(key, element.open);
    if (element.open && element.children.length === 1) element.append(...solid(fill()));
  };
  element.addEventListener("toggle", open);
  if (chosen.get(key)) {
    element.open = true;
    open();
  }
  return element;
}

/**
 * A table that can be ordered by its columns. Columns: `title`, `value(row)` to order by, `cell(row)` to show
 * (else the value), `number` for quantities, `head` for the column that names its row.
 */
function table({ key, caption, columns, rows, limit = 25, order = null, empty = "Nothing yet." }) {
  if (!rows.length) return h("p", { class: "empty" }, empty);
  const state = chosen.get(key) ?? { column: order, down: order != null, limit };
  chosen.set(key, state);
  const body = h("tbody");
  const heads = columns.map((column, index) =>
    h("th", { scope: "col", class: column.number && "number" },
      column.value
        ? h("button", { type: "button", "data-key": `${key} ${index}`, click: () => sort(index) }, column.title)
        : column.title));
  const more = h("button", { type: "button", class: "more", "data-key": `${key} more`, click: () => {
    state.limit = Infinity;
    draw();
  } });
  const sort = (index) => {
    state.down = state.column === index ? !state.down : Boolean(columns[index].number);
    state.column = index;
    draw();
  };
  const draw = () => {
    let sorted = rows;
    if (state.column != null) {
      const { value } = columns[state.column];
      const sign = state.down ? -1 : 1;
      sorted = rows.map((row) => [value(row) ?? -Infinity, row])
        .sort(([a], [b]) => sign * (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
    }
    heads.forEach((head, index) => {
      if (index === state.column) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    body.replaceChildren(...sorted.slice(0, state.limit).map((row) => h("tr", {}, columns.map((column) => {
      const content = column.cell ? column.cell(row) : String(column.value(row) ?? "");
      return h(column.head ? "th" : "td",
        { scope: column.head && "row", class: [column.number && "number", column.wide && "wide"].filter(Boolean).join(" ") || null },
        content);
    }))));
    more.hidden = rows.length <= state.limit;
    more.textContent = `Show all ${count(rows.length)}`;
  };
  draw();
  return h("div", {},
    h("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption },
      h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, heads)), body)),
    more);
}

/** A number with a bar beside it, as long as its share of the largest. */
function barred(value, largest, text) {
  const bar = h("span", { class: "bar", "aria-hidden": "true" });
  bar.style.width = `${largest > 0 ? Math.max(1, (100 * value) / largest) : 0}%`;
  return h("span", { class: "barred" }, h("span", { class: "track", "aria-hidden": "true" }, bar), h("span", { class: "amount" }, text));
}

const tile = (title, value, note, tone) =>
  h("div", { class: `tile ${tone ?? ""}` }, h("dt", {}, title), h("dd", {}, h("strong", {}, value),
    note && h("span", { class: "note" }, note)));

function section(id, title, ...content) {
  return h("section", { id, "aria-labelledby": `${id}-title` },
    h("h2", { id: `${id}-title`, tabindex: "-1" }, title), content);
}
