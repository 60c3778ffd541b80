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
  document.querySelectorAll("textarea[data-han]").forEach((area) => {
    area.addEventListener("input", () => count(area));
    if (area.value) count(area);
  });

  function mark(label) {
    const box = document.getElementById(label.htmlFor);
    if (!box) return;
    const show = () => label.classList.toggle("cited", box.checked);
    box.addEventListener("change", () => {
      show();
      if (box.checked) box.closest("details")?.setAttribute("open", "");
    });
    show();
  }
  document.querySelectorAll("label.cite").forEach(mark);
})();
