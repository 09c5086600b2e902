// Puts the page together, and keeps a live one up to date.

const PARTS = [
  ["overview", "At a glance", overview, ["runs", "failures", "families", "environments"]],
  ["stages", "Stages", stages, ["graph", "families", "failures"]],
  ["failures", "Failures", failures, ["failures"]],
  ["runs", "Runs", runs, ["runs", "current_run"]],
  ["work", "Unit by unit", work, ["attempts", "runs", "families"]],
  ["time", "Time", time, ["families"]],
  ["units", "Units", units, ["units"]],
  ["cache", "Store", cache, ["families", "runs"]],
  ["releases", "Releases", releases, ["environments"]],
];

const main = document.getElementById("main");
const drawn = new Map();

/** What a part is drawn from, as text: where it is the same, the part stays as it is. */
const state = (data, keys) => JSON.stringify(keys.map((key) => data[key]));

function draw(data) {
  const focus = document.activeElement?.dataset?.key;
  for (const [id, , make, keys] of PARTS) {
    const next = state(data, keys);
    if (drawn.get(id)?.state === next) continue;
    const old = drawn.get(id)?.element;
    const height = old?.offsetHeight;
    const element = make(data);
    if (old) {
      // So that what is read does not jump while the new part is drawn.
      element.style.minHeight = `${height}px`;
      old.replaceWith(element);
    } else {
      main.append(element);
    }
    drawn.set(id, { state: next, element });
  }
  for (const [id, entry] of charts) {
    if (!entry.canvas.isConnected) {
      entry.chart?.destroy();
      charts.delete(id);
    }
  }
  for (const { element } of drawn.values()) element.style.minHeight = "";
  if (focus && document.activeElement?.dataset?.key !== focus) {
    document.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
  }
}

function head(data, isLive) {
  const links = PARTS.map(([id, title]) => h("li", {}, h("a", { href: `#${id}` }, title)));
  const status = h("p", { id: "status", role: "status" });
  document.getElementById("top").append(
    h("p", { class: "made" }, isLive ? status : `as of ${moment(data.made_ms)}`));
  document.getElementById("top").after(h("nav", { "aria-label": "Parts of the report" }, h("ul", {}, links)));
  document.getElementById("foot").append(h("p", {}, `pipeline ${shown(data.version)} · ${counted(data.run_count, "run")} in the ledger · charts by Chart.js (MIT) · nothing is fetched from anywhere`));
}

/** Where the active run stands, in words. */
function standing(data) {
  const run = data.current_run;
  if (!run) return `as of ${moment(data.made_ms)}, idle`;
  const done = run.done + run.restored;
  return `run ${run.run} goes on: ${counted(done, "unit")} done, ${count(run.failed)} failed, ${count(run.running.length)} running`;
}

/** Asks for newer data for as long as the page is seen. */
function follow(source, first) {
  const status = document.getElementById("status");
  let [data, tag, lost] = [first, null, false];
  let wait;
  const say = (text) => { if (status.textContent !== text) status.textContent = text; };
  const ask = async () => {
    clearTimeout(wait);
    try {
      const answer = await fetch(source, { cache: "no-store", headers: tag ? { "If-None-Match": tag } : {} });
      if (answer.status === 200) {
        data = await answer.json();
        tag = answer.headers.get("ETag");
        draw(data);
      } else if (answer.status !== 304) {
        throw new Error(await answer.text());
      }
      lost = false;
      document.body.dataset.live = data.current_run ? "running" : "idle";
      say(standing(data));
    } catch {
      lost = true;
      document.body.dataset.live = "lost";
      say(`the server does not answer any more; this is how it was at ${moment(data.made_ms)}`);
    }
    if (!document.hidden) wait = setTimeout(ask, lost ? 5000 : data.current_run ? 1000 : 2000);
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  ask();
}

const data = JSON.parse(document.getElementById("data").textContent);
const { source } = document.body.dataset;
theme();
head(data, source != null);
main.replaceChildren();
draw(data);
if (source != null) follow(source, data);
performance.mark("drawn");
document.body.dataset.drawn = "yes";
// On paper nothing can be opened.
addEventListener("beforeprint", () => {
  document.querySelectorAll("details").forEach((element) => { element.open = true; });
  drawAll();
});
