"use strict";
(() => {
  const form = document.getElementById("filter");
  const claims = [...document.querySelectorAll("#claims .claim")];
  const open = (id) => {
    const target = id && document.getElementById(id);
    if (!target) return;
    if (target.matches("details")) {
      target.hidden = false;
      target.closest(".catalogue")?.removeAttribute("hidden");
      target.open = true;
    }
    target.scrollIntoView({ block: target.matches(".cell") ? "nearest" : "start" });
  };
  const show = () => open(decodeURIComponent(location.hash.slice(1)));
  const filter = () => {
    const wanted = new FormData(form);
    const statuses = new Set(wanted.getAll("status"));
    const reading = wanted.get("reading");
    const catalogue = wanted.get("catalogue") ?? "";
    const words = wanted.get("words").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const claim of claims) {
      const text = claim.querySelector("summary").textContent.toLowerCase();
      const home = claim.closest(".catalogue").dataset.catalogue;
      const keep = statuses.has(claim.dataset.status) && (!reading || claim.dataset.reading === reading)
        && (!catalogue || home === catalogue) && words.every((word) => text.includes(word));
      claim.hidden = !keep;
      shown += keep;
    }
    for (const section of document.querySelectorAll(".catalogue")) {
      section.hidden = !section.querySelector(".claim:not([hidden])");
    }
    document.getElementById("shown").textContent = `${shown} of ${claims.length} shown`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", show);
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const each of closed) each.open = true;
  });
  addEventListener("afterprint", () => { for (const each of closed) each.open = false; });
  filter();
  show();
})();
