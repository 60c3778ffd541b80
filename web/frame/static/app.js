// What the workbench can do besides: every page works without it.
"use strict";

(() => {
  const every = (selector, root = document) => [...root.querySelectorAll(selector)];
  const pathOf = (form) => new URL(form.action).pathname;

  // Keys: none while somebody writes, none with Alt or Meta. Ctrl+Enter sends the form
  // in which somebody writes, Escape leaves it for where one was reading.

  const writes = (at) => at.closest("textarea, select, [contenteditable]") !== null ||
    at.matches("input:not([type=checkbox], [type=radio], [type=file])");
  const rows = () => every("[data-row]").filter((row) => row.checkVisibility());
  const chosen = () => rows().find((row) => row.classList.contains("chosen"));

  function mark(row) {
    every("[data-row].chosen").forEach((r) => r.classList.remove("chosen"));
    row?.classList.add("chosen");
  }

  function choose(step) {
    const list = rows();
    if (list.length === 0) return;
    const at = list.indexOf(chosen());
    const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), list.length - 1);
    mark(list[next]);
    list[next].querySelector("a[href]")?.focus({ preventScroll: true });
    list[next].scrollIntoView({ block: "nearest" });
  }

  function press(key) {
    const selector = `[data-key="${CSS.escape(key)}"]`;
    const target = chosen()?.querySelector(selector) ||
      every(selector).find((e) => !e.closest("[data-row]"));
    if (!target) return false;
    if (target.matches("form")) target.requestSubmit();
    else target.click();
    return true;
  }

  const box = document.getElementById("keys");

  // The table names the keys that there is something for on this page.
  function help() {
    if (!box) return;
    if (box.open) return box.close();
    every("[data-for]", box).forEach((line) => {
      line.hidden = !document.querySelector(line.dataset.for);
    });
    box.showModal();
  }

  const button = document.getElementById("help");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", help);
  }

  function leave(at) {
    at.blur();
    (chosen()?.querySelector("a[href]") || document.querySelector("main")).focus(
      { preventScroll: true });
  }

  const keys = {
    "j": () => choose(1),
    "k": () => choose(-1),
    "o": () => chosen()?.querySelector("a[href]")?.click(),
    "/": () => document.querySelector("input[type=search]")?.focus(),
    "?": help,
  };

  document.addEventListener("keydown", (e) => {
    if (e.altKey || e.metaKey || e.isComposing || e.defaultPrevented) return;
    if (box?.open && e.key !== "?") return;
    if (e.key === "Escape" && e.target.closest("form")) return leave(e.target);
    if (e.ctrlKey) {
      const send = e.key === "Enter" && e.target.closest("form")?.querySelector("button.primary");
      if (send) send.click();
      return;
    }
    if (writes(e.target)) return;
    if (keys[e.key]) keys[e.key]();
    else if (e.key === "Enter" && e.target === document.body && chosen()) keys.o();
    else if (!/^[a-z]$/.test(e.key) || !press(e.key)) return;
    e.preventDefault();
  });

  document.addEventListener("focusin", (e) => {
    const row = e.target.closest("[data-row]");
    if (row) mark(row);
  });

  // Forms: asked before they act, sent once, and guarded while they hold what was not
  // sent. Which do is known by their addresses: a form that is shown again is the same.

  const unsent = new Set(every('form[data-guard="unsent"]').map(pathOf));
  document.addEventListener("input", (e) => {
    const form = e.target.closest("form[data-guard]");
    if (form) unsent.add(pathOf(form));
  });
  document.addEventListener("submit", (e) => {
    const form = e.target;
    const question = e.submitter?.dataset.confirm || form.dataset.confirm;
    if (form.dataset.sent || (question && !window.confirm(question))) {
      e.preventDefault();
      return;
    }
    if (form.method !== "post") return;
    form.dataset.sent = "1";
    if (form.matches(".languages")) keep();
    else if (form.dataset.place) {
      e.preventDefault();
      inPlace(form, e.submitter);
    } else unsent.delete(pathOf(form));
  });
  window.addEventListener("pageshow", () => {
    every("form[data-sent]").forEach((f) => delete f.dataset.sent);
  });
  window.addEventListener("beforeunload", (e) => {
    if (unsent.size > 0) e.preventDefault();
  });

  // A file over the limit is refused before it is sent.
  document.addEventListener("change", (e) => {
    const { files, dataset } = e.target;
    if (!dataset.max || !files) return;
    e.target.setCustomValidity(files[0]?.size > Number(dataset.max) ? dataset.maxWords : "");
    e.target.reportValidity();
  });

  // What is not sent is kept in this tab over a change of language, or of who is
  // signed in, and stands in its form again where that is next shown.

  const store = "listgate-unsent";

  function keep() {
    const forms = every("form[data-guard]").filter((f) => unsent.has(pathOf(f)));
    sessionStorage.setItem(store, JSON.stringify(forms.map((f) => [pathOf(f),
      [...new FormData(f)].filter(([, value]) => typeof value === "string")])));
    unsent.clear();
  }

  function refill(form, fields) {
    const values = new Map();
    fields.forEach(([name, value]) => values.set(name, [...(values.get(name) || []), value]));
    [...form.elements].forEach((e, i, all) => {
      if (!e.name || ["hidden", "file", "submit"].includes(e.type)) return;
      const list = values.get(e.name) || [];
      if (e.type === "checkbox" || e.type === "radio") {
        e.checked = list.includes(e.value);
        if (e.checked) e.closest("details")?.setAttribute("open", "");
        return;
      }
      const last = !all.slice(i + 1).some((other) => other.name === e.name);
      e.value = last ? list.join(", ") : list.shift() || "";
    });
    unsent.add(pathOf(form));
  }

  function restore() {
    const kept = sessionStorage.getItem(store);
    if (!kept || location.pathname === "/signin") return;
    sessionStorage.removeItem(store);
    JSON.parse(kept).forEach(([path, fields]) => {
      const form = every("form[data-guard]").find((f) => pathOf(f) === path);
      if (form) refill(form, fields);
    });
  }
  restore();

  // data-place="SELECTOR, SELECTOR": of the answer to the form these parts take the
  // place of those on the page; all else, and where one was reading, stays as it is.

  async function inPlace(form, submitter) {
    const parts = form.dataset.place.split(", ");
    let fresh = null;
    try {
      const answer = await fetch(form.action, {
        method: "POST", redirect: "manual", headers: { "Accept": "text/html" },
        body: new URLSearchParams(new FormData(form, submitter)),
      });
      if (answer.type === "opaqueredirect") {
        keep();
        return location.assign(location.pathname);
      }
      fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      // said below
    }
    delete form.dataset.sent;
    if (!fresh?.querySelector(parts[0])) {
      return tell(fresh?.querySelector("main")?.innerText.trim() || document.body.dataset.unsent);
    }
    parts.forEach((part) => {
      const now = fresh.querySelector(part);
      if (now) document.querySelector(part)?.replaceWith(now);
    });
    document.dispatchEvent(new Event("placed"));
    document.querySelector(parts[0]).querySelector("[autofocus]")?.focus();
  }

  function tell(text) {
    const line = document.createElement("p");
    line.className = "notice bad";
    line.textContent = text;
    document.querySelector(".told")?.replaceChildren(line);
    line.scrollIntoView({ block: "nearest" });
  }

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
      tell(form.dataset.lost || document.body.dataset.lost);
    }, Number(form.dataset.heartbeat) * 1000);
  }
  every("form[data-heartbeat]").forEach(beat);

  // A page that waits for something asks again, and stops when it has come.

  async function again(seconds) {
    await new Promise((done) => setTimeout(done, seconds * 1000));
    if (document.hidden || unsent.size > 0) return wait();
    try {
      const answer = await fetch(location.href, { headers: { "Accept": "text/html" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const main = fresh.querySelector("main");
      if (answer.ok && main) {
        const old = document.querySelector("main");
        const had = old.contains(document.activeElement);
        old.replaceWith(main);
        if (had) main.focus({ preventScroll: true });
        every("form[data-heartbeat]", main).forEach(beat);
        document.dispatchEvent(new Event("placed"));
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
