// The charts of a comparison: those that the filters leave, and the curves of chosen trainings.
function startComparison(data) {
  const select = $("#choose select");
  let approach = ANY;
  function drawAll() {
    for (const host of $$("[data-plot]")) {
      const spec = data.plots[host.dataset.plot];
      // a hidden one has no width
      if (!host.hidden) drawPlot(host, spec, spec.series.filter(one => approach === ANY || one.name === approach));
    }
  }
  function drawCurves() {
    const { name, seeds } = data.curves.find(one => one.name === select.value);
    for (const [key, y, format] of [["f", "F1", "percent"], ["loss", "loss", "number"]]) {
      const spec = { title: name, x: "epoch", y, format, describe: `${name}: ${y} on dev by epoch, a line per seed`, log: false };
      drawPlot($(`[data-curve=${key}]`), spec, seeds.map((one, i) => ({ name: one.name, colour: i, points: one[key] })));
    }
  }
  const kept = state.get("curve");
  if ([...select.options].some(one => one.value === kept)) select.value = kept;
  select.addEventListener("change", () => {
    state.set({ curve: select.value === select.dataset.usual ? "" : select.value });
    drawCurves();
  });
  startFilters($("#filters"), chosen => { approach = chosen.approach ?? ANY; drawAll(); });
  drawCurves();
  onResize(() => { drawAll(); drawCurves(); });
}
