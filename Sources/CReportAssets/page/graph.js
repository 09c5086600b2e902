// The graph of stages and families: a column for each step of waiting, lines from what makes to what reads.

const SVG = "http://www.w3.org/2000/svg";

function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) if (value != null) element.setAttribute(key, value);
  element.append(...children.flat(Infinity).filter((child) => child != null));
  return element;
}

/** The column of each node: one more than the last of what it waits for. There are no circles. */
function columnsOf(nodes, edges) {
  const column = nodes.map(() => 0);
  for (let round = 0; round < nodes.length; round += 1) {
    let moved = false;
    for (const [from, to] of edges) {
      if (column[to] <= column[from] && column[from] < nodes.length) {
        column[to] = column[from] + 1;
        moved = true;
      }
    }
    if (!moved) break;
  }
  // What waits for nothing stands just before the first that reads it.
  nodes.forEach((_, index) => {
    const readers = edges.filter(([from]) => from === index).map(([, to]) => column[to]);
    if (readers.length && !edges.some(([, to]) => to === index)) column[index] = Math.min(...readers) - 1;
  });
  return column;
}

/** Rows such that lines cross seldom: each node near the middle of what it is joined to. */
function rowsOf(nodes, edges, column) {
  const last = Math.max(0, ...column);
  const levels = Array.from({ length: last + 1 }, (_, level) => nodes.map((_, index) => index).filter((index) => column[index] === level));
  const row = nodes.map(() => 0);
  levels.forEach((level) => level.forEach((index, position) => { row[index] = position - level.length / 2; }));
  const settle = (level, neighbours) => {
    const middle = new Map(level.map((index) => {
      const near = neighbours(index);
      return [index, near.length ? sum(near, (other) => row[other]) / near.length : row[index]];
    }));
    level.sort((a, b) => middle.get(a) - middle.get(b));
    level.forEach((index, position) => { row[index] = position - (level.length - 1) / 2; });
  };
  const before = (index) => edges.filter(([, to]) => to === index).map(([from]) => from);
  const after = (index) => edges.filter(([from]) => from === index).map(([, to]) => to);
  for (let round = 0; round < 4; round += 1) {
    levels.forEach((level) => settle(level, before));
    [...levels].reverse().forEach((level) => settle(level, after));
  }
  levels.forEach((level) => settle(level, before));
  return row;
}

/** The picture. `tells(node)`: the second line of a node and its tone. */
function drawGraph({ nodes, edges }, tells) {
  const [width, height, gapX, gapY] = [176, 50, 46, 16];
  const column = columnsOf(nodes, edges);
  const row = rowsOf(nodes, edges, column);
  const top = Math.min(...row);
  const x = (index) => 8 + column[index] * (width + gapX);
  const y = (index) => 8 + (row[index] - top) * (height + gapY);
  const wide = 16 + (Math.max(...column) + 1) * (width + gapX) - gapX;
  const high = 16 + (Math.max(...row) - top + 1) * (height + gapY) - gapY;
  const lines = edges.map(([from, to]) => {
    const [x1, y1, x2, y2] = [x(from) + width, y(from) + height / 2, x(to) - 5, y(to) + height / 2];
    const bend = Math.max(20, (x2 - x1) / 2);
    return svg("path", { class: "edge", d: `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`, "marker-end": "url(#arrow)" });
  });
  const boxes = nodes.map((node, index) => {
    const { line, tone } = tells(node);
    const full = shown(node.name);
    const name = node.units != null && full.startsWith(`${shown(node.stage)}/`) ? full.slice(shown(node.stage).length + 1) : full;
    const cut = name.length > 23 ? `${name.slice(0, 22)}…` : name;
    return svg("g", { class: `node ${node.units == null ? "step" : "family"} ${tone ?? ""}`, transform: `translate(${x(index)},${y(index)})` },
      svg("title", {}, `${full}: ${line}`),
      svg("rect", { width, height, rx: 8 }),
      svg("text", { x: 12, y: 21, class: "name" }, cut),
      svg("text", { x: 12, y: 39, class: "line" }, line.length > 27 ? `${line.slice(0, 26)}…` : line));
  });
  const summary = `The graph of ${counted(nodes.length, "stage or family", "stages and families")}, from what makes to what reads; the table below says the same.`;
  const picture = svg("svg", { viewBox: `0 0 ${wide} ${high}`, width: wide, height: high, role: "img", "aria-label": summary },
    svg("defs", {}, svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
      svg("path", { d: "M0,0 L8,4 L0,8 z", class: "head" }))),
    lines, boxes);
  return h("div", { class: "scroll picture", role: "region", tabindex: "0", "aria-label": "Picture of the stages" }, picture);
}
