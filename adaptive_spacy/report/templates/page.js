// What all pages share: state that the address keeps, tables that sort, and a voice for readers.
const $ = (query, root = document) => root.querySelector(query);
const $$ = (query, root = document) => [...root.querySelectorAll(query)];
const say = text => { $("#said").textContent = text; };

// the only way in which texts of data get into the page: as text
function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "g", "path", "rect", "line", "circle", "text"].includes(tag);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

const state = {
  values: new URLSearchParams(location.hash.slice(1)),
  get(key, fallback = "") { return this.values.get(key) ?? fallback; },
  set(changes) {
    for (const [key, value] of Object.entries(changes)) {
      if (value) this.values.set(key, value); else this.values.delete(key);
    }
    const text = this.values.toString();
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  },
};

function cellValue(row, column) {
  const cell = row.cells[column];
  const text = (cell.dataset.sort ?? cell.textContent).trim();
  const number = parseFloat(text.replaceAll(",", ""));
  return /^[-+]?[\d.]/.test(text) && !Number.isNaN(number) ? number : text;
}

function sortTable(table, column, direction) {
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row, place) => ({ row, place, value: cellValue(row, column) }));
  const known = one => one.value !== "" && one.value !== "–" && one.value !== "-";
  rows.sort((one, other) => {
    // what is not known stays below
    if (known(one) !== known(other)) return known(one) ? -1 : 1;
    const both = typeof one.value === "number" && typeof other.value === "number";
    const order = both ? one.value - other.value : String(one.value).localeCompare(String(other.value));
    return order * direction || one.place - other.place;
  });
  body.append(...rows.map(one => one.row));
  $$("thead th", table).forEach((head, i) => {
    if (head.hasAttribute("aria-sort")) {
      head.setAttribute("aria-sort", i === column ? (direction > 0 ? "ascending" : "descending") : "none");
    }
  });
}

for (const table of $$("table[data-sort-as]")) {
  const key = `sort-${table.dataset.sortAs}`;
  const heads = $$("thead th", table);
  heads.forEach((head, column) => {
    const button = $("button", head);
    if (!button) return;
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const direction = head.getAttribute("aria-sort") === "descending" ? 1 : head.getAttribute("aria-sort") === "ascending" ? -1 : head.classList.contains("text") ? 1 : -1;
      sortTable(table, column, direction);
      state.set({ [key]: `${column}${direction > 0 ? "a" : "d"}` });
      say(`sorted by ${button.textContent}, ${direction > 0 ? "ascending" : "descending"}`);
    });
  });
  const kept = /^(\d+)([ad])$/.exec(state.get(key));
  if (kept && heads[kept[1]]?.hasAttribute("aria-sort")) sortTable(table, Number(kept[1]), kept[2] === "a" ? 1 : -1);
}
