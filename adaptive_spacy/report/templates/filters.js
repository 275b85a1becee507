// Rows, lines and charts that stay or go by what is chosen; the address keeps the choice.
const ANY = "*";

function startFilters(form, changed) {
  const items = $$("[data-of]").map(element => ({ element, of: JSON.parse(element.dataset.of) }));
  const selects = $$("select", form);
  // what has no value of a key is of all of them
  const fits = (of, key, value) => value === ANY || !of[key] || of[key].includes(value);
  function show(speak) {
    for (const { element, of } of items) {
      element.hidden = selects.some(select => !fits(of, select.name, select.value));
    }
    const rows = items.filter(one => one.element.tagName === "TR");
    const text = `${rows.filter(one => !one.element.hidden).length} of ${rows.length} rows`;
    $("#count").textContent = text;
    for (const table of $$("table[data-sort-as]")) {
      const none = $(".none", table.closest("section"));
      if (none) none.hidden = [...table.tBodies[0].rows].some(row => !row.hidden);
    }
    changed(Object.fromEntries(selects.map(select => [select.name, select.value])));
    if (speak) say(`${text} shown`);
  }
  for (const select of selects) {
    const kept = state.get(select.name);
    if ([...select.options].some(one => one.value === kept)) select.value = kept;
    select.addEventListener("change", () => {
      const usual = select.value === select.dataset.usual;
      state.set({ [select.name]: usual ? "" : select.value });
      show(true);
    });
  }
  form.addEventListener("submit", event => event.preventDefault());
  show(false);
}
