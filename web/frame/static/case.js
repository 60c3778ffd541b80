// What the page of a case can do besides: it counts the Chinese characters of a
// reason, and shows beside a thing that the form cites it.
"use strict";

(() => {
  const han = /\p{Script=Han}/gu;

  function count(area) {
    const out = area.form?.querySelector(`output[for="${area.id}"]`);
    if (!out) return;
    const n = (area.value.match(han) || []).length;
    out.textContent = n;
    out.classList.toggle("short", n < Number(area.dataset.han));
    out.classList.toggle("enough", n >= Number(area.dataset.han));
  }

  // Each mark shows its box, wherever that was ticked.
  function marks() {
    document.querySelectorAll("label.cite").forEach((label) => {
      const box = document.getElementById(label.htmlFor);
      label.classList.toggle("cited", box !== null && box.checked);
    });
  }

  function show() {
    document.querySelectorAll("textarea[data-han]").forEach((area) => {
      if (area.value) count(area);
    });
    marks();
  }

  document.addEventListener("input", (e) => {
    if (e.target.matches("textarea[data-han]")) count(e.target);
  });
  document.addEventListener("change", (e) => {
    if (!e.target.matches("input[name=evidence]")) return;
    if (e.target.checked) e.target.closest("details")?.setAttribute("open", "");
    marks();
  });
  document.addEventListener("placed", show);
  show();
})();
