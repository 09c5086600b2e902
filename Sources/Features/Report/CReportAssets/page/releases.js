// What went wrong, and what went out.

function failures(data) {
  if (!data.failures.length) return section("failures", "Failures", h("p", { class: "empty good" }, "No unit failed in these runs."));
  return section("failures", "Failures",
    data.failures.map((failure) => h("article", { class: `failure ${failure.standing ? "standing" : ""}` },
      h("h3", {}, unitName(failure.unit)),
      h("p", {}, failure.standing ? badge("failed", "still failing") : badge("ran", "fixed since"),
        ` run ${failure.run}, ${moment(failure.started_ms)}${failure.duration_ms == null ? "" : `, after ${duration(failure.duration_ms)}`}${failure.times > 1 ? `, failed ${failure.times} times` : ""}`),
      failure.message && h("p", { class: "message" }, printed(failure.message)),
      failure.reasons.length > 0 && h("p", { class: "note" }, `It ran because ${failure.reasons.slice(0, 3).map(({ text }) => shown(text)).join("; ")}${failure.reasons.length > 3 ? "; …" : ""}.`),
      failure.tail != null
        ? details(`log ${failure.attempt}`, failure.tail_cut ? "The end of its log" : "Its log", () => [
          h("pre", { tabindex: "0", role: "region", "aria-label": `Log of ${unitName(failure.unit)}` }, printed(failure.tail)),
          h("p", { class: "note" }, "All of it: ", code(shown(failure.log))),
        ])
        : h("p", { class: "note" }, "It printed nothing, or its log is gone."))));
}

function changesOf(release) {
  const { changes } = release;
  const { data } = changes;
  const parts = [
    data && ["added", "changed", "removed"].filter((kind) => data[kind].files).map((kind) => `${counted(data[kind].files, "file")} ${kind} (${bytes(data[kind].bytes)})`).join(", "),
    changes.code && "other code", changes.settings && "other settings",
  ].filter(Boolean);
  const size = (file) => (file.before == null ? "added" : file.after == null ? "removed" : "changed");
  return [
    h("p", {}, `Against release ${changes.since}: `, parts.length ? `${parts.join("; ")}.` : "the same data, code and settings."),
    !data && h("p", { class: "note" }, "Which data files changed is not known any more: the store has no longer the lists of both."),
    changes.commits.length > 0 && h("ul", { class: "commits" }, changes.commits.map((commit) =>
      h("li", {}, code(short(commit.commit)), " ", shown(commit.subject), h("span", { class: "note" }, ` ${shown(commit.author)}, ${moment(commit.time_ms)}`))),
    changes.commits_left_out > 0 && h("li", { class: "note" }, `and ${counted(changes.commits_left_out, "commit")} more`)),
    data?.files.length > 0 && table({
      key: `files ${release.release}`, caption: `Data files that release ${release.release} changed${data.files.length < data.added.files + data.changed.files + data.removed.files ? ", the largest of them" : ""}`, rows: data.files, columns: [
        { title: "File", head: true, wide: true, value: ({ path }) => shown(path) },
        { title: "Change", value: size },
        { title: "Before", number: true, value: ({ before }) => before, cell: ({ before }) => bytes(before) },
        { title: "After", number: true, value: ({ after }) => after, cell: ({ after }) => bytes(after) },
      ],
    }),
  ];
}

function liveTimes(environment) {
  return environment.releases.flatMap((release) => release.deployments.map((deployment) => ({ release, deployment })))
    .sort((a, b) => a.deployment.deployment - b.deployment.deployment);
}

function environmentParts(environment, data) {
  const name = shown(environment.environment);
  const id = `environment ${environment.environment}`;
  const inOrder = [...environment.releases].reverse();
  const title = h("h3", {}, name, environment.kind && environment.kind !== environment.environment && h("span", { class: "note" }, ` of kind ${environment.kind}`));
  if (!inOrder.length) return [title, h("p", { class: "empty" }, "No release yet: ", code(`pipeline run deploy -e ${name}`), " makes one.")];
  const times = liveTimes(environment);
  const live = times.filter(({ deployment }) => deployment.live_from_ms != null);
  const known = inOrder.filter((release) => release.bytes != null);
  const from = Math.min(...live.map(({ deployment }) => deployment.live_from_ms));
  const to = data.made_ms;
  const state = (release) => (release.release === environment.live ? badge("live", "● live")
    : release.release === environment.rollback_target ? badge("restored", "↩ rollback goes here") : "");
  const changed = (release) => {
    const sums = release.changes?.data;
    if (!sums) return "";
    return [["+", sums.added], ["~", sums.changed], ["−", sums.removed]].filter(([, { files }]) => files).map(([mark, { files }]) => mark + count(files)).join(" ") || "none";
  };
  const tellsChange = (release) => [changed(release) && `files ${changed(release)}`, release.changes.code && "code", release.changes.settings && "settings"].filter(Boolean).join(", ");
  return [
    title,
    known.length > 1 && figure(`${id} size`, `${name}: size of the data, release by release`, `Data of ${counted(known.length, "release")}: from ${bytes(known[0].bytes)} to ${bytes(known.at(-1).bytes)}; the table of releases has the numbers`, 220,
      () => bars({ labels: known.map(({ release }) => release), text: bytes, title: "data", tip: (hits) => `release ${hits[0]?.label}`,
        sets: [{ label: "data", colour: "ran", values: known.map((release) => release.bytes) }] })),
    live.length > 0 && figure(`${id} live`, `${name}: what was live when`, `${counted(live.length, "successful deployment")} from ${moment(from)} on; the table of deployments has the times`, 84,
      () => timeline(live.map(({ release, deployment }, index) => ({
        lane: name, from: deployment.live_from_ms, to: deployment.live_to_ms ?? to, kind: deployment.live_to_ms == null ? "live" : index % 2 ? "even" : "odd",
        lines: [`release ${release.release}`, `${deployment.kind}, live from ${moment(deployment.live_from_ms)}`, deployment.live_to_ms ? `to ${moment(deployment.live_to_ms)}` : "and still"],
      })), [name], momentAxis(from, to), [["live", "live"], ["odd", "odd"], ["even", "even"]], false)),
    table({
      key: `${id} releases`, caption: `Releases of ${name}, newest first`, rows: environment.releases, limit: 10, columns: [
        { title: "Release", number: true, head: true, value: ({ release }) => release },
        { title: "State", value: (release) => (release.release === environment.live ? 2 : release.release === environment.rollback_target ? 1 : 0), cell: state },
        { title: "Made", value: ({ created_ms: made }) => made, cell: ({ created_ms: made }) => moment(made) },
        { title: "Data", number: true, value: (release) => release.bytes, cell: (release) => bytes(release.bytes) },
        { title: "Files", number: true, value: (release) => release.files, cell: (release) => (release.files == null ? "" : count(release.files)) },
        { title: "Files changed", number: true, value: (release) => sum(Object.values(release.changes?.data ?? {}), ({ files }) => files), cell: changed },
        { title: "Code", value: (release) => release.image ?? release.code, cell: (release) => code(short((release.image ?? release.code ?? "").split("@sha256:").pop()), { class: release.changes?.code ? "changed" : null }) },
        { title: "Commit", value: (release) => release.commit, cell: (release) => release.commit && code(short(release.commit)) },
      ],
    }),
    h("div", { class: "releases" }, environment.releases.filter(({ changes }) => changes).map((release) =>
      details(`${id} ${release.release}`, [`What release ${release.release} changed `, h("span", { class: "note" }, tellsChange(release))], () => changesOf(release)))),
    details(`${id} deployments`, `All deployments of ${name}`, () => table({
      key: `${id} deployment rows`, caption: `Deployments of ${name}, newest first`, rows: [...times].reverse(), columns: [
        { title: "Started", head: true, value: ({ deployment }) => deployment.started_ms, cell: ({ deployment }) => moment(deployment.started_ms) },
        { title: "Release", number: true, value: ({ release }) => release.release },
        { title: "Kind", value: ({ deployment }) => deployment.kind },
        { title: "Outcome", value: ({ deployment }) => deployment.outcome ?? "", cell: ({ deployment }) => badge(deployment.outcome ?? "running", deployment.outcome === "live" ? "went live" : null) },
        { title: "Live from", value: ({ deployment }) => deployment.live_from_ms, cell: ({ deployment }) => moment(deployment.live_from_ms) },
        { title: "To", value: ({ deployment }) => deployment.live_to_ms, cell: ({ deployment }) => moment(deployment.live_to_ms) },
        { title: "Slot", value: ({ deployment }) => shown(deployment.slot) },
        { title: "By", value: ({ deployment }) => shown(deployment.user) },
        { title: "Message", wide: true, value: ({ deployment }) => deployment.message ?? "", cell: ({ deployment }) => printed(deployment.message) },
      ],
    })),
  ];
}

function releases(data) {
  if (!data.environments.length) return section("releases", "Releases", h("p", { class: "empty" }, "No environment is described: what is compiled stays here."));
  return section("releases", "Releases and environments", data.environments.map((environment) =>
    h("div", { class: "environment" }, environmentParts(environment, data))));
}
