// Passages with what is annotated beside what was predicted, filtered by kind and type of error.
const PAGE = 20;

function highlight(passage, entities, focus, hues) {
  const parts = [];
  if (passage.cut[0]) parts.push("… ");
  let at = 0;
  // of entities that overlap, as those of another tokenization may, the one in focus goes first
  const same = one => focus && one[0] === focus[0] && one[1] === focus[1] && one[2] === focus[2];
  const taken = [];
  for (const one of [...entities].sort((a, b) => same(b) - same(a) || a[0] - b[0])) {
    if (!taken.some(other => one[0] < other[1] && other[0] < one[1])) taken.push(one);
  }
  for (const one of taken.sort((a, b) => a[0] - b[0])) {
    parts.push(passage.words.slice(at, one[0]).join(""));
    const text = passage.words.slice(one[0], one[1]).join(""), bare = text.trimEnd();
    const label = make("b", {}, one[2] + (one[3] !== null ? ` ${Math.round(100 * one[3])} %` : ""));
    // no line begins with the label of what the line before has, if that fits on a phone
    const from = bare.lastIndexOf(" ") + 1, short = bare.length - from + label.textContent.length <= 24;
    const tail = short ? [bare.slice(0, from), make("span", { class: "last" }, bare.slice(from), " ", label)] : [bare, " ", label];
    const mark = make("mark", { class: same(one) ? "focus" : null }, ...tail);
    mark.style.setProperty("--h", hues[one[2]] ?? 0);
    parts.push(mark, text.slice(bare.length));
    at = one[1];
  }
  parts.push(passage.words.slice(at).join(""));
  if (passage.cut[1]) parts.push(" …");
  return parts;
}

function startExamples(data) {
  const host = $("#examples"), more = $("#more"), form = $("#choose");
  const controls = { kind: form.elements.kind, type: form.elements.type, order: form.elements.order };
  const hues = Object.fromEntries(data.types.map((type, i) => [type, (i * 137.5 + 205) % 360]));
  const sides = data.sides;
  // without confidences there is no order but that of the corpus
  controls.order.closest("label").hidden = data.items.every(item => item[3] === null);
  let shown = PAGE;
  function chosen() {
    const { kind, type, order } = Object.fromEntries(Object.entries(controls).map(([key, one]) => [key, one.value]));
    const found = data.items.map((item, i) => [item, i]).filter(([item]) => (!type || item[2] === type) && (kind === "" ? !data.quiet.includes(item[1]) : item[1] === kind));
    const least = order === "least" || (order === "" && data.quiet.includes(kind));
    // what has no confidence, as an entity that was missed, comes last
    const rank = item => item[3] === null ? 2 : least ? item[3] : -item[3];
    if (order !== "corpus") found.sort((a, b) => rank(a[0]) - rank(b[0]) || a[1] - b[1]);
    return found.map(([item]) => item);
  }
  function article(item) {
    const [place, kind, , , focus] = item, passage = data.passages[place];
    const said = [data.names[kind], ...sides.map((side, i) => {
      const one = focus[i];
      return one ? `${side} ${one[2]}${one[3] === null ? "" : `, ${(100 * one[3]).toFixed(1)} % sure`}` : null;
    })];
    return make("article", { class: "example" },
      make("h3", {}, said.filter(Boolean).join(" · "), " ", make("small", {}, `document ${passage.doc}`)),
      make("div", { class: "sides" }, ...sides.map((side, i) =>
        make("div", {}, make("span", { class: "side" }, side), ...highlight(passage, passage.sides[i], focus[i], hues)))));
  }
  function render(speak) {
    const items = chosen();
    host.replaceChildren(...items.slice(0, shown).map(article));
    more.hidden = shown >= items.length;
    const { kind, type } = { kind: controls.kind.value, type: controls.type.value };
    const total = data.counts.filter(one => (!type || one[1] === type) && (kind === "" ? !data.quiet.includes(one[0]) : one[0] === kind)).reduce((sum, one) => sum + one[2], 0);
    const text = `${Math.min(shown, items.length)} of ${total.toLocaleString("en")}${items.length < total && shown >= items.length ? ", the page holds no more of them" : ""}`;
    $("#count").textContent = text;
    if (speak) say(`${text} shown`);
    for (const button of $$("[data-kind]")) {
      button.setAttribute("aria-pressed", button.dataset.kind === kind && button.dataset.type === type);
    }
  }
  function choose(changes) {
    for (const [key, value] of Object.entries(changes)) controls[key].value = value;
    shown = PAGE;
    state.set(Object.fromEntries(Object.entries(controls).map(([key, one]) => [key, one.value])));
    render(true);
  }
  for (const key of Object.keys(controls)) {
    const kept = state.get(key);
    if ([...controls[key].options].some(one => one.value === kept)) controls[key].value = kept;
    controls[key].addEventListener("change", () => choose({}));
  }
  form.addEventListener("submit", event => event.preventDefault());
  for (const button of $$("[data-kind]")) {
    button.addEventListener("click", () => {
      const again = button.getAttribute("aria-pressed") === "true";
      choose(again ? { kind: "", type: "" } : { kind: button.dataset.kind, type: button.dataset.type });
    });
  }
  more.addEventListener("click", () => { shown += PAGE; render(true); });
  render(false);
}
