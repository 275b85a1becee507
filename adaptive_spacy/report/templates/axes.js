// What all charts share: ticks and their texts, the frame around the lines, and the tip beside them.
function ticks(low, high, wanted) {
  if (!(high > low)) return [low];
  const raw = (high - low) / wanted, size = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].find(one => one * size >= raw) * size;
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) found.push(i * step);
  return found;
}

function logTicks(low, high, wanted) {
  const all = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const one of [1, 2, 5]) all.push(one * 10 ** power);
  }
  const found = all.filter(one => one >= low * 0.999 && one <= high * 1.001);
  const every = Math.ceil(found.length / wanted);
  return found.length ? found.filter((_, i) => i % every === 0) : [low];
}

const small = value => value === 0 ? "0" : Math.abs(value) < 0.001 ? value.toExponential(1).replace(".0e", "e") : Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : String(+value.toPrecision(3));

function shownFormat(name, value) {
  if (value === null || value === undefined) return "not recorded";
  return name === "percent" ? `${value.toFixed(1)} %` : small(value);
}

// lines across, and the texts at both axes; a place is a number in pixels
function frame(svg, box, { x, y, xTicks, yTicks, format, name }) {
  for (const value of yTicks) {
    svg.append(make("line", { class: "axis", x1: box.left, x2: box.right, y1: y(value), y2: y(value) }));
    svg.append(make("text", { x: box.left - 6, y: y(value) + 4, "text-anchor": "end" }, format === "percent" ? String(+value.toFixed(1)) : small(value)));
  }
  for (const value of xTicks) {
    svg.append(make("text", { x: x(value), y: box.bottom + 15, "text-anchor": "middle" }, small(value)));
  }
  if (name) svg.append(make("text", { x: (box.left + box.right) / 2, y: box.bottom + 34, "text-anchor": "middle" }, name));
}

function fillTip(tip, title, rows, place, width) {
  const body = make("table", {}, ...rows.map(([name, value]) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value))));
  tip.replaceChildren(make("strong", {}, title), body);
  tip.hidden = false;
  const room = tip.offsetWidth + 14;
  tip.style.left = `${Math.max(0, place + room > width ? place - room : place + 12)}px`;
  tip.style.top = "1.5rem";
}

// draw again where the width has changed
function onResize(draw) {
  let known = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== known) { known = innerWidth; draw(); } });
}
