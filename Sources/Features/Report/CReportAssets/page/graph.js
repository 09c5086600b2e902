// The graph of stages and rules: a column for each step of waiting, lines from what makes to what reads.

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

/**
 * The middle of each item in its column, such that lines cross seldom: near the middle of what it is joined to.
 * Items: `column`, `height`.
 */
function middlesOf(items, edges, gap) {
  const levels = [];
  items.forEach((item, index) => (levels[item.column] ??= []).push(index));
  const middle = items.map(() => 0);
  const stack = (level) => {
    let y = -(sum(level, (index) => items[index].height + gap) - gap) / 2;
    for (const index of level) {
      middle[index] = y + items[index].height / 2;
      y += items[index].height + gap;
    }
  };
  const settle = (level, end, other) => {
    const wanted = new Map(level.map((index) => {
      const near = edges.filter((edge) => edge[end] === index).map((edge) => middle[edge[other]]);
      return [index, near.length ? sum(near, (y) => y) / near.length : middle[index]];
    }));
    level.sort((a, b) => wanted.get(a) - wanted.get(b));
    stack(level);
  };
  levels.forEach(stack);
  for (let round = 0; round < 6; round += 1) {
    levels.forEach((level) => settle(level, 1, 0));
    [...levels].reverse().forEach((level) => settle(level, 0, 1));
  }
  return middle;
}

/** Lines over several columns lead through each as an item of their own, so that they pass beside the boxes. */
function withWays(nodes, edges, column, height) {
  const items = nodes.map((_, index) => ({ column: column[index], height }));
  const parts = [];
  const ways = edges.map(([from, to]) => {
    const way = [from];
    for (let between = column[from] + 1; between < column[to]; between += 1) {
      way.push(items.push({ column: between, height: 4 }) - 1);
    }
    way.push(to);
    for (let step = 1; step < way.length; step += 1) parts.push([way[step - 1], way[step]]);
    return way;
  });
  return { items, parts, ways };
}

/** The picture. `tells(node)`: the second line of a node, the time of its work, and its tone. */
function drawGraph({ nodes, edges }, tells) {
  const [width, height, gapX, gapY] = [178, 66, 40, 14];
  const column = columnsOf(nodes, edges);
  const { items, parts, ways } = withWays(nodes, edges, column, height);
  const middle = middlesOf(items, parts, gapY);
  const top = Math.min(...items.map((item, index) => middle[index] - item.height / 2));
  const bottom = Math.max(...items.map((item, index) => middle[index] + item.height / 2));
  const x = (index) => 8 + items[index].column * (width + gapX);
  const y = (index) => 8 + middle[index] - top;
  const wide = 16 + (Math.max(...column) + 1) * (width + gapX) - gapX;
  const high = 16 + bottom - top;
  const lines = ways.map((way) => {
    let path = `M${x(way[0]) + width},${y(way[0])}`;
    way.slice(1).forEach((index, step) => {
      const [x1, y1, x2, y2] = [x(way[step]) + width, y(way[step]), x(index) - (index === way.at(-1) ? 5 : 0), y(index)];
      const bend = (x2 - x1) / 2;
      path += ` C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
      if (index !== way.at(-1)) path += ` H${x(index) + width}`;
    });
    return svg("path", { class: "edge", d: path, "marker-end": "url(#arrow)" });
  });
  const boxes = nodes.map((node, index) => {
    const { line, work = "", tone } = tells(node);
    const full = shown(node.name);
    const name = node.units != null && full.startsWith(`${shown(node.stage)}/`) ? full.slice(shown(node.stage).length + 1) : full;
    const cut = name.length > 24 ? `${name.slice(0, 23)}…` : name;
    return svg("g", { class: `node ${node.units == null ? "step" : "family"} ${tone ?? ""}`, transform: `translate(${x(index)},${y(index) - height / 2})` },
      svg("title", {}, [full, line, work].filter(Boolean).join(", ")),
      svg("rect", { width, height, rx: 8 }),
      svg("text", { x: 11, y: 21, class: "name" }, cut),
      svg("text", { x: 11, y: 39, class: "line" }, line.length > 27 ? `${line.slice(0, 26)}…` : line),
      svg("text", { x: 11, y: 55, class: "line" }, work));
  });
  const summary = `The graph of ${counted(nodes.length, "stage or rule", "stages and rules")}, from what makes to what reads; the table below shows the same.`;
  const picture = svg("svg", { viewBox: `0 0 ${wide} ${high}`, width: wide, height: high, role: "img", "aria-label": summary },
    svg("defs", {}, svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
      svg("path", { d: "M0,0 L8,4 L0,8 z", class: "head" }))),
    lines, boxes);
  // It shrinks to what there is, as far as it can be read; beyond that it scrolls.
  picture.style.minWidth = `${Math.round(wide * 0.75)}px`;
  return h("div", { class: "scroll picture", role: "region", tabindex: "0", "aria-label": "Picture of the stages" }, picture);
}
