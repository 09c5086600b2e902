// Pictures by Chart.js. Each is a figure with a name, and with the same as a table below it.

const charts = new Map();
const dark = matchMedia("(prefers-color-scheme: dark)");

/** Outcomes as kinds of a line of time. */
const byOutcome = (...outcomes) => outcomes.map((outcome) => [outcome, outcome, OUTCOMES[outcome]]);

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

/** A figure. `make` gives the library's configuration, again when the colours change. */
function figure(id, caption, label, height, make, alternative) {
  const canvas = h("canvas", { role: "img", "aria-label": label, "data-chart": id });
  const box = h("div", { class: "canvas" }, canvas);
  box.style.height = `${height}px`;
  charts.get(id)?.chart?.destroy();
  const entry = { canvas, chart: null, draw() {
    near.unobserve(canvas);
    entry.chart?.destroy();
    entry.chart = new Chart(canvas, make());
  } };
  charts.set(id, entry);
  near.observe(canvas);
  return h("figure", {}, h("figcaption", {}, caption), box, alternative);
}

// A figure is drawn when it comes near what is seen: so the page is there at once, however long it is.
const near = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) if (isIntersecting) charts.get(target.dataset.chart)?.draw();
}, { rootMargin: "600px" });

/** Draws all figures that are not drawn yet. */
function drawAll() {
  for (const entry of charts.values()) if (!entry.chart && entry.canvas.isConnected) entry.draw();
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000,
  300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, DAY, 2 * DAY,
  7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 182 * DAY, 364 * DAY];

/** An axis of time in milliseconds with steps that people count in, `zero` being one of them. */
function timeAxis(from, to, text, { title, zero = 0 } = {}) {
  const most = innerWidth < 600 ? 4 : 9;
  const step = STEPS.find((step) => (to - from) / step <= most) ?? (to - from) / most;
  const first = zero + Math.ceil((from - zero) / step) * step;
  const marks = Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, index) => ({ value: first + index * step }));
  return {
    type: "linear", min: from, max: Math.max(to, from + 1), title: { display: Boolean(title), text: title },
    grid: { color: colour("line") }, ticks: { maxRotation: 0, callback: text },
    afterBuildTicks: (axis) => { axis.ticks = marks; },
  };
}

/** An axis of moments, marked at full hours and days of the reader's clock with as much as tells them apart. */
function momentAxis(from, to) {
  const day = new Date(from);
  day.setHours(0, 0, 0, 0);
  const text = (value) => (to - from > 2 * DAY ? moment(value).slice(5, 10) : moment(value).slice(11, to - from > 600_000 ? 16 : 19));
  return timeAxis(from, to, text, { zero: day.getTime() });
}

/**
 * Pieces of work as bars on a line of time, a lane for each that goes on at once. Items: `lane`, `from`, `to`,
 * `kind`, `lines` (what is reported about it). Kinds: name, colour, entry in the legend.
 */
function timeline(items, lanes, axis, kinds, hasLegend = true) {
  const datasets = kinds.filter(([kind]) => items.some((item) => item.kind === kind)).map(([kind, name, label]) => ({
    label, backgroundColor: colour(name), borderSkipped: false, borderRadius: 2, grouped: false,
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
        y: { type: "category", labels: lanes, grid: { display: false }, ticks: { display: lanes.length > 1, autoSkip: true, padding: 4 } },
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
  const most = innerWidth < 600 ? 3 : 7;
  const largest = Math.max(0, ...sets.flatMap(({ values }) => values));
  const quantity = {
    stacked, beginAtZero: true, grid: { color: colour("line") }, title: { display: Boolean(title), text: title },
    ticks: {
      callback: text, maxTicksLimit: most + 1, maxRotation: 0,
      ...(text === duration && { stepSize: STEPS.find((step) => largest / step <= most) }),
    },
  };
  const names = { stacked, grid: { display: false }, ticks: { autoSkip: !horizontal, maxRotation: 0, callback(value) {
    const name = String(this.getLabelForValue(value));
    const room = innerWidth < 600 ? 18 : 36;
    return horizontal && name.length > room ? `…${name.slice(1 - room)}` : name;
  } } };
  return {
    type: "bar",
    data: { labels, datasets: sets.map((set) => ({
      label: set.label, data: set.values.map((value) => value || null), backgroundColor: colour(set.colour), borderRadius: 3,
      maxBarThickness: 28, minBarLength: 2,
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
