// The first parts of the report. Each function takes the data and gives the elements of one section.

const OUTCOME_ORDER = ["ran", "restored", "failed", "interrupted", "running"];

const REASONS = {
  "never-ran": "never ran before", "failed-before": "failed before", interrupted: "was interrupted",
  "output-missing": "output is gone", "output-altered": "output was altered", forced: "asked for by --force",
  outside: "drift",
};

/** A kind of reason in words. */
const reasonText = (kind) => REASONS[kind] ?? shown(kind).replaceAll("-", " ");

const familyOf = (unit) => unit.unit.split("/").slice(0, 2).join("/");

const outcomeOf = (run, data) => run.outcome ?? (data.current_run?.run === run.run ? "running" : "crashed");

const took = (run, now) => (run.ended_ms ?? now) - run.started_ms;

function overview(data) {
  const [last] = data.runs;
  const standing = data.failures.filter((failure) => failure.standing).length;
  const [ran, restored, spared] = ["ran", "restored", "spared_ms"].map((key) => sum(data.families, (family) => family[key]));
  const tiles = [
    last && tile(`Run ${last.run}`, badge(outcomeOf(last, data)),
      [still(minute(last.started_ms)), `, took ${duration(took(last, data.made_ms))}`]),
    tile("Standing failures", count(standing), standing ? "what failed last and is not fixed" : "nothing to fix", standing ? "bad" : null),
    tile("Units", count(sum(data.families, ({ units }) => units)), `in ${counted(data.runs.length, "run")}`),
    tile("Work", duration(sum(data.runs, (run) => run.work_ms)), `in ${counted(ran, "unit that ran", "units that ran")}`),
    tile("From the store", percent(restored, ran + restored), `${counted(restored, "unit")}, about ${duration(spared)} saved`),
    ...data.environments.filter((environment) => environment.live != null).map((environment) => {
      const release = environment.releases.find(({ release }) => release === environment.live);
      const live = release?.deployments.find((deployment) => deployment.live_from_ms != null && deployment.live_to_ms == null);
      return tile(shown(environment.environment), `release ${environment.live}`, live && ["live since ", still(minute(live.live_from_ms))], "good");
    }),
  ];
  return section("overview", "At a glance", h("dl", { class: "tiles" }, tiles.filter(Boolean)));
}

function stages(data) {
  const totals = new Map(data.families.map((family) => [family.family, family]));
  const failed = new Set(data.failures.filter(({ standing }) => standing).map(familyOf));
  const tells = (node) => {
    const name = node.name.replace(/ \(values\)$/, "");
    const total = node.units != null ? totals.get(name)
      : data.families.filter(({ stage }) => stage === node.stage)
        .reduce((all, family) => ({ total_ms: (all?.total_ms ?? 0) + family.total_ms }), null);
    const bad = node.units != null ? failed.has(name) : [...failed].some((family) => family.split("/")[0] === node.stage);
    if (name !== node.name) return { line: "values of an axis" };
    const units = node.units == null ? `${shown(node.kind)} stage` : `${shown(node.stage)} · ${counted(node.units, "unit")}`;
    return { line: units, work: total ? duration(total.total_ms) : "", tone: bad ? "bad" : null, total };
  };
  const { nodes, edges, problem } = data.graph;
  const sources = (index) => edges.filter(([, to]) => to === index).map(([from]) => shown(nodes[from].name)).join(", ");
  return section("stages", "Stages",
    problem && h("p", { class: "warning" }, "The rules of units cannot be shown, as the definition of today cannot be planned: ", printed(problem)),
    h("figure", {}, h("figcaption", {}, "What reads what, with the time that each has taken in these runs"),
      drawGraph(data.graph, tells),
      details("graph-table", "The same as a table", () => table({
        key: "graph", caption: "Stages and rules", limit: 100, rows: nodes.map((node, index) => ({ node, index })),
        columns: [
          { title: "Stage or rule", head: true, value: ({ node }) => shown(node.name) },
          { title: "Kind", value: ({ node }) => shown(node.kind) },
          { title: "Units", number: true, value: ({ node }) => node.units, cell: ({ node }) => (node.units == null ? "" : count(node.units)) },
          { title: "Time", number: true, value: ({ node }) => tells(node).total?.total_ms, cell: ({ node }) => duration(tells(node).total?.total_ms) },
          { title: "Reads from", wide: true, value: ({ index }) => sources(index) },
        ],
      }))));
}

function runs(data) {
  if (!data.runs.length) return section("runs", "Runs", h("p", { class: "empty" }, "Nothing has run yet: ", code("pipeline run"), " starts."));
  const inOrder = [...data.runs].reverse();
  const from = inOrder[0].started_ms;
  const to = Math.max(...inOrder.map((run) => run.ended_ms ?? data.made_ms));
  const items = inOrder.map((run) => ({
    lane: "runs", from: run.started_ms, to: run.ended_ms ?? data.made_ms, kind: outcomeOf(run, data),
    lines: [`run ${run.run}: ${OUTCOMES[outcomeOf(run, data)]}`, moment(run.started_ms), `took ${duration(took(run, data.made_ms))}`, shown(run.command)],
  }));
  const why = [...inOrder.reduce((all, run) => {
    for (const [kind, times] of Object.entries(run.reasons)) all.set(kind, (all.get(kind) ?? 0) + times);
    return all;
  }, new Map())].sort(([, a], [, b]) => b - a);
  const left = data.run_count - data.runs.length;
  return section("runs", "Runs",
    left > 0 && h("p", { class: "note" }, `The newest ${count(data.runs.length)} of ${count(data.run_count)} runs; --runs takes more.`),
    figure("runs-when", "When runs went on", `${counted(inOrder.length, "run")} from ${moment(from)} to ${moment(to)}; the table of runs has the times`, 96,
      () => timeline(items, ["runs"], momentAxis(from, to), byOutcome("done", "failed", "interrupted", "crashed", "running"))),
    figure("runs-units", "What became of units, run by run", "Units of each run by outcome; the table of runs says the same", 260,
      () => bars({ labels: inOrder.map(({ run }) => run), stacked: true, text: count, title: "units",
        tip: (hits) => `run ${hits[0]?.label}`,
        sets: OUTCOME_ORDER.filter((outcome) => inOrder.some((run) => run[outcome])).map((outcome) => ({ label: OUTCOMES[outcome], colour: outcome, values: inOrder.map((run) => run[outcome]) })) })),
    table({
      key: "runs", caption: "Runs, newest first", rows: data.runs, limit: 15, columns: [
        { title: "Run", number: true, head: true, value: ({ run }) => run },
        { title: "Outcome", value: (run) => outcomeOf(run, data), cell: (run) => badge(outcomeOf(run, data)) },
        { title: "Started", value: (run) => run.started_ms, cell: (run) => moment(run.started_ms) },
        { title: "Took", number: true, value: (run) => took(run, data.made_ms), cell: (run) => duration(took(run, data.made_ms)) },
        { title: "Work", number: true, value: (run) => run.work_ms, cell: (run) => duration(run.work_ms) },
        { title: "Ran", number: true, value: (run) => run.ran, cell: (run) => count(run.ran) },
        { title: "From the store", number: true, value: (run) => run.restored, cell: (run) => count(run.restored) },
        { title: "Failed", number: true, value: (run) => run.failed, cell: (run) => count(run.failed) },
        { title: "Command", wide: true, value: (run) => run.command, cell: (run) => code(shown(run.command)) },
        { title: "Commit", value: (run) => run.commit, cell: (run) => run.commit && code(short(run.commit)) },
        { title: "By", value: (run) => `${shown(run.user)} on ${shown(run.host)}` },
      ],
    }),
    why.length > 0 && figure("reasons", "Why units ran", `Why units ran, most frequent first: ${why.map(([kind, times]) => `${reasonText(kind)} ${count(times)} times`).join(", ")}`,
      70 + 30 * why.length,
      () => bars({ labels: why.map(([kind]) => reasonText(kind)), horizontal: true, text: count, sets: [{ label: "attempts", colour: "ran", values: why.map(([, times]) => times) }] }),
      details("reasons-table", "The same as a table", () => table({
        key: "reasons", caption: "Why units ran", rows: why, columns: [
          { title: "Reason", head: true, value: ([kind]) => reasonText(kind) },
          { title: "Attempts", number: true, value: ([, times]) => times, cell: ([, times]) => count(times) },
        ],
      }))));
}
