// Points with intervals, in series with a colour and a mark each: scores against what they cost.
const MARKS = [
  (x, y, r) => make("circle", { cx: x, cy: y, r }),
  (x, y, r) => make("rect", { x: x - r, y: y - r, width: 2 * r, height: 2 * r }),
  (x, y, r) => make("path", { d: `M${x} ${y - 1.3 * r}l${1.25 * r} ${2.2 * r}h${-2.5 * r}z` }),
  (x, y, r) => make("path", { d: `M${x} ${y - 1.4 * r}l${1.4 * r} ${1.4 * r}l${-1.4 * r} ${1.4 * r}l${-1.4 * r} ${-1.4 * r}z` }),
];
const DASHES = [null, "6 3", "2 3"];
const paint = i => `c-s${i % 8}`;

function legend(series) {
  return series.filter(one => one.name).map(one => make("span", { class: `key ${paint(one.colour)} dash-${Math.floor(one.colour / 8) % 3}` }, one.name));
}

function drawPlot(host, spec, series) {
  const width = Math.max(240, host.clientWidth), height = 250;
  const box = { left: 52, right: width - 16, top: 10, bottom: height - 42 };
  const points = series.flatMap(one => one.points.map(point => ({ one, point })));
  const bands = series.flatMap(one => one.band || []);
  const xs = [...points.map(({ point }) => point[0]), ...bands.map(one => one[0])];
  const ys = [...points.flatMap(({ point }) => [point[1], point[2] ?? point[1], point[3] ?? point[1]]), ...bands.flat().filter((_, i) => i % 3)];
  const svg = make("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", tabindex: 0, "aria-label": spec.describe });
  const tip = make("div", { class: "tip", hidden: "" });
  $$("svg, .tip", host).forEach(one => one.remove());
  $(".keys", host).replaceChildren(...(series.length > 1 ? legend(series) : []));
  host.append(svg, tip);
  if (!xs.length) {
    svg.append(make("text", { x: width / 2, y: height / 2, "text-anchor": "middle" }, "nothing to show"));
    return;
  }
  const log = spec.log && Math.min(...xs) > 0, to = log ? Math.log10 : value => value;
  let [left, right] = [to(log ? Math.min(...xs) : Math.min(0, ...xs)), to(Math.max(...xs))];
  if (!(right > left)) { left -= 0.5; right += 0.5; }
  const low = Math.min(0, ...ys), top = Math.max(...ys, low);
  // where all is zero, an axis of one, or of all percents
  const high = top > low ? top + 0.06 * (top - low) : low + (spec.format === "percent" ? 100 : 1);
  const x = value => box.left + 8 + (box.right - box.left - 16) * (to(value) - left) / (right - left);
  const y = value => box.bottom - (box.bottom - box.top) * (value - low) / (high - low);
  const wanted = Math.max(2, width / 90);
  const xTicks = log ? logTicks(10 ** left, 10 ** right, wanted) : ticks(Math.max(0, left), right, wanted);
  frame(svg, box, { x, y, xTicks, yTicks: ticks(low, high, 4), format: spec.format, name: spec.x });
  const path = list => list.map(([a, b], i) => `${i ? "L" : "M"}${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join("");
  for (const one of series) {
    const colour = paint(one.colour);
    if (one.band) svg.append(make("path", { class: `band ${colour}`, d: `${path(one.band.map(([a, b]) => [a, b]))}${path([...one.band].reverse().map(([a, , c]) => [a, c])).replace("M", "L")}z` }));
    if (one.curve) svg.append(make("path", { class: `line ${colour}`, d: path(one.curve), "stroke-dasharray": one.dashed ? "6 4" : null }));
    else if (!one.loose) svg.append(make("path", { class: `line ${colour}`, d: path(one.points), "stroke-dasharray": DASHES[Math.floor(one.colour / 8) % 3] }));
    for (const [a, b, from, until] of one.points) {
      if (from !== null) svg.append(make("line", { class: `bar ${colour}`, x1: x(a), x2: x(a), y1: y(from), y2: y(until) }));
      if (one.points.length > 60) continue;
      // where colours begin again, marks do not
      const mark = MARKS[(one.colour + Math.floor(one.colour / 8)) % MARKS.length](x(a), y(b), 4);
      mark.setAttribute("class", `dot ${colour}`);
      svg.append(mark);
    }
  }
  const ring = make("circle", { class: "ring c-black", r: 7, visibility: "hidden", "fill-opacity": 0 });
  svg.append(ring);
  let at = null;
  const rows = ({ point }) => [
    [spec.x, small(point[0])], [spec.y, shownFormat(spec.format, point[1])],
    ...(point[2] === null ? [] : [[spec.bars, `${shownFormat(spec.format, point[2])} to ${shownFormat(spec.format, point[3])}`]]),
    ...(point[4] ? [["", point[4]]] : []),
  ];
  const show = i => {
    at = i;
    ring.setAttribute("visibility", i === null ? "hidden" : "visible");
    if (i === null) { tip.hidden = true; return; }
    const { one, point } = points[i];
    ring.setAttribute("cx", x(point[0]));
    ring.setAttribute("cy", y(point[1]));
    fillTip(tip, one.name || spec.title, rows(points[i]), x(point[0]), width);
  };
  const nearest = event => {
    const place = svg.getBoundingClientRect(), [a, b] = [event.clientX - place.left, event.clientY - place.top];
    const far = points.map(({ point }) => Math.hypot(x(point[0]) - a, y(point[1]) - b));
    return far.indexOf(Math.min(...far));
  };
  svg.addEventListener("pointermove", event => show(nearest(event)));
  svg.addEventListener("pointerdown", event => show(nearest(event)));
  svg.addEventListener("pointerleave", () => show(null));
  svg.addEventListener("blur", () => show(null));
  svg.addEventListener("keydown", event => {
    const last = points.length - 1;
    const next = { ArrowRight: at === null ? 0 : Math.min(last, at + 1), ArrowLeft: at === null ? last : Math.max(0, at - 1), Home: 0, End: last }[event.key];
    if (next === undefined) { if (event.key === "Escape") show(null); return; }
    event.preventDefault();
    show(next);
    say([points[next].one.name || spec.title, ...rows(points[next]).map(pair => pair.join(" ").trim())].join(", "));
  });
}
