// Pictures by Chart.js. Each is a figure with a name, and with the same as a table below it.

const charts = new Map();
const dark = matchMedia("(prefers-color-scheme: dark)");

/** A colour of the style sheet. */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function theme() {
  Chart.defaults.color = colour("muted");
  Chart.defaults.borderColor = colour("line");
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 12;
  Chart.defaults.animation = false;
  Chart.defaults.maintainAspectRatio = false;
  Chart.defaults.plugins.legend.labels.boxWidth = 12;
  Chart.defaults.plugins.legend.labels.boxHeight = 12;
  Chart.defaults.plugins.legend.position = "bottom";
  Object.assign(Chart.defaults.plugins.tooltip, {
    backgroundColor: colour("tip"), titleColor: colour("tip-text"), bodyColor: colour("tip-text"),
    cornerRadius: 6, padding: 10, boxPadding: 4, displayColors: false,
  });
}

dark.addEventListener("change", () => {
  theme();
  for (const entry of charts.values()) if (entry.chart) entry.draw();
});

/** A figure. `make` gives the library's configuration, anew when the colours change. */
function figure(id, caption, label, height, make, alternative) {
  const canvas = h("canvas", { role: "img", "aria-label": label });
  const box = h("div", { class: "canvas" }, canvas);
  box.style.height = `${height}px`;
  charts.get(id)?.chart?.destroy();
  const entry = { canvas, chart: null, draw() {
    entry.chart?.destroy();
    entry.chart = new Chart(canvas, make());
  } };
  charts.set(id, entry);
  return h("figure", {}, h("figcaption", {}, caption), box, alternative);
}

/** Draws figures that came onto the page: only there they have a size. */
function drawFresh() {
  for (const entry of charts.values()) if (!entry.chart && entry.canvas.isConnected) entry.draw();
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000,
  300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, DAY, 2 * DAY,
  7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 182 * DAY, 364 * DAY];

/** An axis of time in milliseconds with steps that people count in. */
function timeAxis(from, to, text, title) {
  const ticks = innerWidth < 600 ? 4 : 8;
  const stepSize = STEPS.find((step) => (to - from) / step <= ticks) ?? (to - from) / ticks;
  return {
    type: "linear", min: from, max: Math.max(to, from + 1), title: { display: Boolean(title), text: title },
    grid: { color: colour("line") }, ticks: { stepSize, maxRotation: 0, callback: text },
  };
}

/** A moment on an axis that goes from one to another: as much of it as tells them apart. */
function tickMoment(from, to) {
  return (value) => (to - from > 2 * DAY ? moment(value).slice(5, 10) : moment(value).slice(11, to - from > 600_000 ? 16 : 19));
}

/**
 * Pieces of work as bars on a line of time, a lane for each that goes on at once. Items: `lane`, `from`, `to`,
 * `kind` (its colour and entry in the legend), `lines` (what is told about it).
 */
function timeline(items, lanes, axis, kinds, hasLegend = true) {
  const datasets = kinds.filter((kind) => items.some((item) => item.kind === kind)).map((kind) => ({
    label: OUTCOMES[kind] ?? kind, backgroundColor: colour(kind), borderSkipped: false, borderRadius: 2, grouped: false,
    minBarLength: 3, barPercentage: 0.86, categoryPercentage: 1, hoverBackgroundColor: colour("text"),
    data: items.filter((item) => item.kind === kind).map((item) => ({ x: [item.from, item.to], y: item.lane, item })),
  }));
  return {
    type: "bar",
    data: { labels: lanes, datasets },
    options: {
      indexAxis: "y", interaction: { mode: "nearest", intersect: true },
      scales: {
        x: axis,
        y: { type: "category", labels: lanes, grid: { display: false }, ticks: { autoSkip: true, padding: 4 } },
      },
      plugins: {
        legend: { display: hasLegend && datasets.length > 1 },
        tooltip: { callbacks: { title: (hits) => hits.slice(0, 1).map((hit) => hit.raw.item.lines[0]), label: (hit) => hit.raw.item.lines.slice(1) } },
      },
    },
  };
}

/** Bars for quantities. `sets`: `label`, `colour`, `values`. */
function bars({ labels, sets, text, horizontal = false, stacked = false, title, tip }) {
  const quantity = {
    stacked, beginAtZero: true, grid: { color: colour("line") }, title: { display: Boolean(title), text: title },
    ticks: { callback: text, maxTicksLimit: innerWidth < 600 ? 5 : 8, maxRotation: 0 },
  };
  const names = { stacked, grid: { display: false }, ticks: { autoSkip: !horizontal, maxRotation: 0, callback(value) {
    const name = String(this.getLabelForValue(value));
    const room = innerWidth < 600 ? 18 : 36;
    return horizontal && name.length > room ? `…${name.slice(1 - room)}` : name;
  } } };
  return {
    type: "bar",
    data: { labels, datasets: sets.map((set) => ({
      label: set.label, data: set.values, backgroundColor: colour(set.colour), borderRadius: 3, maxBarThickness: 28,
      minBarLength: set.values.some(Boolean) && stacked ? 2 : 0,
    })) },
    options: {
      indexAxis: horizontal ? "y" : "x",
      interaction: { mode: "index", intersect: false, axis: horizontal ? "y" : "x" },
      scales: horizontal ? { x: quantity, y: names } : { x: names, y: quantity },
      plugins: {
        legend: { display: sets.length > 1 },
        tooltip: { filter: (hit) => hit.raw > 0, callbacks: {
          label: (hit) => `${hit.dataset.label}: ${text(hit.raw)}`, ...(tip && { title: tip }) } },
      },
    },
  };
}
