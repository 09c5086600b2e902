// The parts of the report about work. Each function takes the data and gives the elements of one section.

/** Outcomes that need no colour of their own: a unit has its family's. */
const PLAIN = new Set(["ran", "restored"]);

/** Lanes such that no two pieces in one overlap: as many as went on at once. */
function inLanes(attempts, end) {
  const free = [];
  return attempts.map((attempt) => {
    const from = attempt.started_ms;
    const to = attempt.duration_ms == null ? end : from + attempt.duration_ms;
    let lane = free.findIndex((until) => until <= from);
    if (lane < 0) lane = free.length;
    free[lane] = to;
    return { attempt, from, to, lane };
  });
}

function work(data) {
  const withWork = data.runs.filter((run) => data.attempts.some((attempt) => attempt.run === run.run));
  if (!withWork.length) return section("work", "A run, unit by unit", h("p", { class: "empty" }, "No unit was attempted in these runs."));
  // At first the run that did the most of those that stand out whole; the one that goes on before all.
  const most = [...withWork].sort((a, b) => b.work_ms - a.work_ms)[0];
  const first = data.current_run && withWork.some(({ run }) => run === data.current_run.run) ? data.current_run.run : most.run;
  const state = chosen.get("work") ?? { run: null };
  chosen.set("work", state);
  const place = h("div", {});
  const show = () => {
    const run = withWork.find((one) => one.run === state.run) ?? withWork.find((one) => one.run === first);
    const attempts = data.attempts.filter((attempt) => attempt.run === run.run);
    const end = run.ended_ms ?? data.made_ms;
    const pieces = inLanes(attempts, end);
    const lanes = Array.from({ length: Math.max(...pieces.map(({ lane }) => lane)) + 1 }, (_, lane) => `${lane + 1}`);
    const start = Math.min(run.started_ms, ...pieces.map(({ from }) => from));
    const known = data.families.slice(0, 8).map(({ family }) => family);
    const items = pieces.map(({ attempt, from, to, lane }) => ({
      lane: lanes[lane], from: from - start, to: to - start,
      kind: PLAIN.has(attempt.outcome) ? known.includes(familyOf(attempt)) ? familyOf(attempt) : "" : attempt.outcome,
      lines: [unitName(attempt.unit), `${OUTCOMES[attempt.outcome]}, ${duration(to - from)}`, `began after ${duration(from - start)}`],
    }));
    const kinds = [...known.map((name, index) => [name, `family-${index}`, shown(name)]), ["", "odd", "others"],
      ...byOutcome("failed", "interrupted", "running")];
    const until = Math.max(end - start, ...items.map((item) => item.to));
    const label = `${counted(attempts.length, "attempt")} in ${counted(lanes.length, "lane")} over ${duration(until)}`;
    place.replaceChildren(
      run.attempts_left_out > 0 ? h("p", { class: "note" }, `The longest ${count(attempts.length)} of ${count(attempts.length + run.attempts_left_out)} attempts.`) : "",
      figure("work", `Run ${run.run}: ${label}; a bar lasts until the outputs are in place`, `${label}; the table says the same`,
        Math.min(560, 130 + 24 * lanes.length),
        () => timeline(items, lanes, timeAxis(0, until, duration, { title: "since the run began" }), kinds),
        details("work-table", "The same as a table", () => table({
          key: "work-table-rows", caption: `Attempts of run ${run.run}`, rows: pieces, limit: 50, columns: [
            { title: "Unit", head: true, wide: true, value: ({ attempt }) => attempt.unit, cell: ({ attempt }) => unitName(attempt.unit) },
            { title: "Outcome", value: ({ attempt }) => attempt.outcome, cell: ({ attempt }) => badge(attempt.outcome) },
            { title: "Began after", number: true, value: ({ from }) => from, cell: ({ from }) => duration(from - start) },
            { title: "Took", number: true, value: ({ from, to }) => to - from, cell: ({ from, to }) => duration(to - from) },
            { title: "Lane", number: true, value: ({ lane }) => lane, cell: ({ lane }) => lane + 1 },
          ],
        }))));
  };
  const select = h("select", { id: "work-run", "data-key": "work-run", change: () => {
    state.run = Number(select.value);
    show();
  } }, withWork.map((run) => h("option", { value: run.run, selected: run.run === (state.run ?? first) }, `run ${run.run}, ${moment(run.started_ms)}: ${counted(run.ran + run.restored + run.failed + run.interrupted + run.running, "unit")}`)));
  show();
  return section("work", "A run, unit by unit", h("p", {}, h("label", { for: "work-run" }, "Run "), select), place);
}

function time(data) {
  const all = data.families.filter((family) => family.total_ms > 0);
  if (!all.length) return section("time", "Where the time went", h("p", { class: "empty" }, "No work is recorded in these runs."));
  const shownFamilies = all.slice(0, 20);
  const total = sum(all, (family) => family.total_ms);
  return section("time", "Where the time went",
    figure("time", `Work by rule: ${duration(total)} in all`, `Most of the time: ${shownFamilies.slice(0, 3).map((family) => `${shown(family.family)} ${percent(family.total_ms, total)}`).join(", ")}; the table lists all`,
      60 + 30 * shownFamilies.length,
      () => bars({ labels: shownFamilies.map(({ family }) => shown(family)), horizontal: true, text: duration, sets: [{ label: "work", colour: "ran", values: shownFamilies.map((family) => family.total_ms) }] })),
    table({
      key: "families", caption: "Rules by the time that they took", rows: all, limit: 12, columns: [
        { title: "Rule", head: true, value: ({ family }) => shown(family) },
        { title: "Work", number: true, value: (family) => family.total_ms, cell: (family) => barred(family.total_ms, all[0].total_ms, duration(family.total_ms)) },
        { title: "Share", number: true, value: (family) => family.total_ms, cell: (family) => percent(family.total_ms, total) },
        { title: "Units", number: true, value: ({ units }) => units, cell: ({ units }) => count(units) },
        { title: "Ran", number: true, value: ({ ran }) => ran, cell: ({ ran }) => count(ran) },
        { title: "Each", number: true, value: (family) => (family.ran ? family.total_ms / family.ran : 0), cell: (family) => (family.ran ? duration(family.total_ms / family.ran) : "") },
        { title: "Longest", number: true, value: (family) => family.longest_ms, cell: (family) => duration(family.longest_ms) },
        { title: "Output", number: true, value: (family) => family.bytes, cell: (family) => (family.bytes ? bytes(family.bytes) : "") },
      ],
    }));
}

function units(data) {
  const state = chosen.get("filter") ?? { text: "" };
  chosen.set("filter", state);
  const unitColumns = (rows) => {
    const largest = Math.max(...rows.map((unit) => unit.total_ms), 0);
    return [
      { title: "Unit", head: true, wide: true, value: ({ unit }) => unit, cell: ({ unit }) => unitName(unit) },
      { title: "Longest", number: true, value: (unit) => unit.longest_ms, cell: (unit) => duration(unit.longest_ms) },
      { title: "In all", number: true, value: (unit) => unit.total_ms, cell: (unit) => barred(unit.total_ms, largest, duration(unit.total_ms)) },
      { title: "Ran", number: true, value: ({ ran }) => ran, cell: ({ ran }) => count(ran) },
      { title: "From the store", number: true, value: ({ restored }) => restored, cell: ({ restored }) => count(restored) },
      { title: "Failed", number: true, value: ({ failed }) => failed, cell: ({ failed }) => count(failed) },
      { title: "Output", number: true, value: (unit) => unit.bytes, cell: (unit) => (unit.bytes ? bytes(unit.bytes) : "") },
    ];
  };
  const slow = [...data.units].sort((a, b) => b.longest_ms - a.longest_ms).slice(0, 10).filter((unit) => unit.longest_ms > 0);
  const often = [...data.units].filter((unit) => unit.ran + unit.failed > 1).sort((a, b) => b.ran + b.failed - (a.ran + a.failed) || b.total_ms - a.total_ms).slice(0, 10);
  const place = h("div", {});
  const found = h("p", { class: "note", role: "status" });
  const show = () => {
    const wanted = state.text.toLowerCase();
    const rows = data.units.filter(({ unit }) => unit.toLowerCase().includes(wanted) || unitName(unit).toLowerCase().includes(wanted));
    found.textContent = wanted ? counted(rows.length, "unit") : "";
    place.replaceChildren(table({ key: "units", caption: "All units of these runs", rows, columns: unitColumns(rows), empty: "No unit has such a name." }));
  };
  const input = h("input", { type: "search", id: "unit-filter", "data-key": "unit-filter", autocomplete: "off", value: state.text, input: () => {
    state.text = input.value;
    show();
  } });
  show();
  return section("units", "Units",
    h("h3", {}, "The slowest"), table({ key: "slow", caption: "The ten units that took the longest", rows: slow, columns: unitColumns(slow), empty: "No unit ran in these runs." }),
    h("h3", {}, "The most repeated"), table({ key: "often", caption: "The ten units that were run most often", rows: often, columns: unitColumns(often), empty: "No unit ran more than once in these runs." }),
    h("h3", {}, "All"),
    data.units_left_out > 0 && h("p", { class: "note" }, `The ${count(data.units.length)} that took most; ${count(data.units_left_out)} more are left out.`),
    h("p", {}, h("label", { for: "unit-filter" }, "Only those whose name contains "), input), found, place);
}

function cache(data) {
  const [ran, restored, spared] = ["ran", "restored", "spared_ms"].map((key) => sum(data.families, (family) => family[key]));
  const inOrder = [...data.runs].reverse().filter((run) => run.ran + run.restored);
  const best = data.families.filter((family) => family.restored).sort((a, b) => b.spared_ms - a.spared_ms);
  return section("cache", "Time saved by the cache",
    h("p", {}, restored
      ? `${counted(restored, "unit")} of ${count(ran + restored)} came from the store instead of being run, which saved about ${duration(spared)} of work. `
      : "No unit came from the store in these runs. ",
    "Units that were up to date are not even attempted, and count nowhere here."),
    restored > 0 && figure("cache", "Share of units that came from the store, run by run", `${percent(restored, ran + restored)} of units came from the store; the table of runs has the numbers`, 200,
      () => bars({ labels: inOrder.map(({ run }) => run), text: (value) => `${Math.round(value)} %`, tip: (hits) => `run ${hits[0]?.label}`,
        sets: [{ label: "from the store", colour: "restored", values: inOrder.map((run) => (100 * run.restored) / (run.ran + run.restored)) }] })),
    restored > 0 && table({ key: "cache", caption: "Rules with the most time saved", rows: best, limit: 10, columns: [
      { title: "Rule", head: true, value: ({ family }) => shown(family) },
      { title: "From the store", number: true, value: (family) => family.restored, cell: (family) => count(family.restored) },
      { title: "Ran", number: true, value: ({ ran }) => ran, cell: ({ ran }) => count(ran) },
      { title: "Saved", number: true, value: (family) => family.spared_ms, cell: (family) => duration(family.spared_ms) },
      { title: "Share", number: true, value: (family) => family.restored / (family.ran + family.restored), cell: (family) => percent(family.restored, family.ran + family.restored) },
    ] }));
}
