// What the workbench can do besides: every page works without it.
"use strict";

(() => {
  const every = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Keys: none while somebody writes, none with Ctrl, Alt or Meta.

  const writes = (at) => at.closest("input, textarea, select, [contenteditable]") !== null;
  const rows = () => every("[data-row]");
  const chosen = () => document.querySelector("[data-row].chosen");

  function choose(step) {
    const list = rows();
    if (list.length === 0) return;
    const at = list.indexOf(chosen());
    const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), list.length - 1);
    list.forEach((row, i) => row.classList.toggle("chosen", i === next));
    const link = list[next].querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
    list[next].scrollIntoView({ block: "nearest" });
  }

  function press(key) {
    const selector = `[data-key="${CSS.escape(key)}"]`;
    const row = chosen();
    const target = (row && row.querySelector(selector)) ||
      every(selector).find((e) => !e.closest("[data-row]"));
    if (!target) return false;
    if (target.matches("form")) target.requestSubmit();
    else target.click();
    return true;
  }

  function help() {
    const box = document.getElementById("keys");
    if (!box) return;
    if (box.open) box.close();
    else box.showModal();
  }

  const button = document.getElementById("help");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", help);
  }

  const keys = {
    "j": () => choose(1),
    "k": () => choose(-1),
    "o": () => chosen()?.querySelector("a[href]")?.click(),
    "/": () => document.querySelector("input[type=search]")?.focus(),
    "?": help,
  };

  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.isComposing || writes(e.target)) return;
    if (document.querySelector("dialog[open]") && e.key !== "?") return;
    if (keys[e.key]) keys[e.key]();
    else if (e.key === "Enter" && e.target === document.body && chosen()) keys.o();
    else if (!/^[a-z]$/.test(e.key) || !press(e.key)) return;
    e.preventDefault();
  });

  document.addEventListener("focusin", (e) => {
    const row = e.target.closest("[data-row]");
    if (row) rows().forEach((r) => r.classList.toggle("chosen", r === row));
  });

  // Forms: asked before they act, guarded when half filled, sent once.

  let dirty = false;
  document.addEventListener("input", (e) => {
    if (e.target.closest("form[data-guard]")) dirty = true;
  });
  document.addEventListener("submit", (e) => {
    const question = e.submitter?.dataset.confirm || e.target.dataset.confirm;
    if (question && !window.confirm(question)) {
      e.preventDefault();
      return;
    }
    if (e.target.dataset.sent) {
      e.preventDefault();
      return;
    }
    if (e.target.method === "post") e.target.dataset.sent = "1";
    dirty = false;
  });
  window.addEventListener("pageshow", () => {
    every("form[data-sent]").forEach((f) => delete f.dataset.sent);
  });
  window.addEventListener("beforeunload", (e) => {
    if (dirty) e.preventDefault();
  });

  // A claim is kept while its page is open and seen.

  function beat(form) {
    const timer = setInterval(async () => {
      if (document.hidden) return;
      let answer;
      try {
        answer = await fetch(form.action, {
          method: "POST", body: new URLSearchParams(new FormData(form)),
          headers: { "Accept": "application/json" }, redirect: "manual",
        });
      } catch {
        return; // the network comes back
      }
      if (answer.ok || answer.status >= 500) return;
      clearInterval(timer);
      const lost = document.createElement("p");
      lost.className = "notice bad";
      lost.textContent = form.dataset.lost || document.body.dataset.lost;
      document.querySelector(".told")?.append(lost);
    }, Number(form.dataset.heartbeat) * 1000);
  }
  every("form[data-heartbeat]").forEach(beat);

  // A page that waits for something asks again, and stops when it has come.

  async function again(seconds) {
    await new Promise((done) => setTimeout(done, seconds * 1000));
    if (document.hidden || dirty) return wait();
    try {
      const answer = await fetch(location.href, { headers: { "Accept": "text/html" } });
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        const main = fresh.querySelector("main");
        if (main) document.querySelector("main").replaceWith(main);
        every("form[data-heartbeat]", main).forEach(beat);
      }
    } catch {
      // asked again below
    }
    return wait();
  }
  function wait() {
    const sign = document.querySelector("[data-refresh]");
    if (sign) again(Math.max(Number(sign.dataset.refresh), 2));
  }
  wait();
})();
