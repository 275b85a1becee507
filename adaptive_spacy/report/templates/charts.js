// Line charts over the evaluations of a training, drawn as wide as they are shown.
function drawChart(host, spec, data) {
  const width = Math.max(240, host.clientWidth), height = spec.names ? 150 : 170;
  const left = 52, right = 12, top = spec.names ? 24 : 10, bottom = spec.last ? 38 : 20;
  const end = Math.max(data.x[data.x.length - 1], 1);
  const values = spec.series.flatMap(one => data[one.key]).filter(value => value !== null);
  let low = Math.min(0, ...values), high = Math.max(...values, low);
  // where all is zero, an axis of one, or of all percents
  if (!(high > low)) high = low + (spec.format === "percent" ? 100 : 1);
  high += (high - low) * 0.08;
  const x = value => left + (width - left - right) * value / end;
  const y = value => height - bottom - (height - top - bottom) * (value - low) / (high - low);
  const svg = make("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", tabindex: 0, "aria-label": spec.describe });
  for (const [phase, start, stop] of data.phases) {
    svg.append(make("rect", { class: `p-${phase}`, x: x(start), y: top, width: Math.max(0, x(stop) - x(start)), height: height - top - bottom }));
  }
  if (spec.names) {
    let free = 0;
    for (const [phase, start, stop, name] of data.phases) {
      const at = Math.max(x(start), free);
      // a name that finds no room is in the list of phases
      if (at + name.length * 7.2 > Math.max(x(stop), at) + (phase === "warmup" ? 60 : 0) || at + name.length * 7.2 > width) continue;
      svg.append(make("text", { x: at + 2, y: 16 }, name));
      free = at + name.length * 7.2 + 8;
    }
  }
  frame(svg, { left, right: width - right, bottom: height - bottom }, {
    x, y, xTicks: ticks(0, end, Math.min(end, Math.max(2, width / 90))), yTicks: ticks(low, high, 3), format: spec.format, name: spec.last ? data.unit : "",
  });
  if (!values.length) svg.append(make("text", { x: width / 2, y: height / 2, "text-anchor": "middle" }, "not recorded"));
  for (const one of spec.series) {
    let path = "", pen = "M";
    data[one.key].forEach((value, i) => {
      if (value === null) { pen = "M"; return; }
      path += `${pen}${x(data.x[i]).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = "L";
    });
    svg.append(make("path", { class: `line c-${one.colour}`, d: path }));
    if (data.x.length <= 60) data[one.key].forEach((value, i) => {
      if (value !== null) svg.append(make("circle", { class: `dot c-${one.colour}`, cx: x(data.x[i]), cy: y(value), r: 2.5 }));
    });
  }
  for (const mark of spec.marks || []) {
    const place = x(mark.x), anchor = place < width * 0.3 ? "start" : place > width * 0.7 ? "end" : "middle";
    svg.append(make("circle", { class: `ring c-${mark.colour}`, cx: place, cy: y(mark.y), r: 5 }));
    const above = y(mark.y) - 10 > top + 8;
    svg.append(make("text", { class: "halo", x: place, y: y(mark.y) + (above ? -10 : 20), "text-anchor": anchor }, mark.text));
  }
  const cross = make("line", { class: "cross", y1: top, y2: height - bottom, visibility: "hidden" });
  svg.append(cross);
  const tip = make("div", { class: "tip", hidden: "" });
  $$("svg, .tip", host).forEach(one => one.remove());
  host.append(svg, tip);
  return { svg, tip, cross, x, width, left, right, end };
}

function startCharts(data) {
  const charts = $$(".chart[data-chart]").map(host => ({ host, spec: data.charts[host.dataset.chart] }));
  let at = null;
  const rows = i => data.columns.map(([name, key, format]) => [name, shownFormat(format, data[key][i])]);
  const phase = i => data.phase[i] ? data.names[data.phase[i]] : "";
  function show(i, owner) {
    at = i;
    for (const one of charts) {
      const place = i === null ? 0 : one.drawn.x(data.x[i]);
      one.drawn.cross.setAttribute("visibility", i === null ? "hidden" : "visible");
      one.drawn.cross.setAttribute("x1", place);
      one.drawn.cross.setAttribute("x2", place);
      one.drawn.tip.hidden = i === null || one !== owner;
      if (i !== null && one === owner) {
        const title = `${data.unit} ${+data.x[i].toFixed(2)}${phase(i) ? `, ${phase(i)}` : ""}`;
        fillTip(one.drawn.tip, title, rows(i), place, one.drawn.width);
      }
    }
  }
  function nearest(one, event) {
    const box = one.drawn.svg.getBoundingClientRect();
    const value = (event.clientX - box.left - one.drawn.left) / (one.drawn.width - one.drawn.left - one.drawn.right) * one.drawn.end;
    let best = 0;
    data.x.forEach((x, i) => { if (Math.abs(x - value) < Math.abs(data.x[best] - value)) best = i; });
    return best;
  }
  function draw(one) {
    one.drawn = drawChart(one.host, one.spec, data);
    one.drawn.svg.addEventListener("pointermove", event => show(nearest(one, event), one));
    one.drawn.svg.addEventListener("pointerdown", event => show(nearest(one, event), one));
    one.drawn.svg.addEventListener("pointerleave", () => show(null));
    one.drawn.svg.addEventListener("blur", () => show(null));
    one.drawn.svg.addEventListener("keydown", event => {
      const last = data.x.length - 1;
      const to = { ArrowRight: at === null ? 0 : Math.min(last, at + 1), ArrowLeft: at === null ? last : Math.max(0, at - 1), Home: 0, End: last }[event.key];
      if (to === undefined) { if (event.key === "Escape") show(null); return; }
      event.preventDefault();
      show(to, one);
      say([`${data.unit} ${+data.x[to].toFixed(2)}`, phase(to), ...rows(to).map(pair => pair.join(" "))].filter(Boolean).join(", "));
    });
  }
  charts.forEach(draw);
  onResize(() => charts.forEach(draw));
}
