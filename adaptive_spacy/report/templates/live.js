// A page that is served while its training runs: loaded again as soon as there is a newer one. The
// browser keeps the place, the address what was chosen and sorted; what is unfolded is kept here.
function follow(refresh) {
  const line = $("#live"), folds = $$("details"), text = line.textContent;
  const kept = JSON.parse(sessionStorage.getItem("unfolded") ?? "[]");
  folds.forEach((one, i) => { one.open = kept.includes(i); });
  addEventListener("pagehide", () => {
    sessionStorage.setItem("unfolded", JSON.stringify(folds.flatMap((one, i) => one.open ? [i] : [])));
  });
  function tell(words) {
    if (line.textContent === words) return;
    line.textContent = words;
    say(words);
  }
  async function ask() {
    try {
      const answer = await fetch("/", { headers: { "If-None-Match": `"${refresh.tag}"` }, cache: "no-store" });
      if (answer.status === 200) { location.reload(); return; }
      tell(text);
    } catch {
      tell("Nobody serves this page any more: it stays as it is.");
    }
    setTimeout(ask, 1000 * refresh.seconds);
  }
  setTimeout(ask, 1000 * refresh.seconds);
}
