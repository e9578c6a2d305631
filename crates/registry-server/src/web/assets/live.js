// Shows what happens without a reload: a part of the page is asked for anew when the server says that something
// happened, and only rows that differ are touched. It runs before script.js, so it sees rows as the server made them.
"use strict";

{
  const part = document.querySelector("[data-live]");
  const news = document.querySelector("#news");
  const PAUSE = 1000;
  const MARKED = 20000;
  const made = new Map();
  // Which models were meant since rows were last shown; null: nobody knows.
  let touched = new Set();
  let known = part?.dataset.after;
  let source = null;
  let timer = null;
  let asking = false;
  let again = false;
  let earliest = 0;
  let over = false;

  const rowsOf = (root) => [...root.querySelectorAll("[data-key]")];
  const titleOf = (row) => row.dataset.title ?? row.querySelector(".what")?.textContent.trim() ?? "";
  const inside = (root) => [...root.querySelectorAll("a, input, button, select")];

  // Puts one element in the place of another; what was chosen stays chosen, and the focus stays where it was.
  const swap = (old, fresh) => {
    const focused = inside(old).indexOf(document.activeElement);
    const chosen = new Set([...old.querySelectorAll("input:checked")].map((input) => input.value));
    old.replaceWith(fresh);
    for (const input of fresh.querySelectorAll("input[type=checkbox]")) input.checked = chosen.has(input.value);
    if (focused >= 0) inside(fresh)[focused]?.focus({ preventScroll: true });
  };

  const mark = (row, word) => {
    row.dataset.fresh = word;
    setTimeout(() => delete row.dataset.fresh, MARKED);
  };

  const told = (word, titles) => {
    if (titles.length === 0) return "";
    return titles.length > 3 ? `${titles.length} ${word}. ` : `${word}: ${titles.join(", ")}. `;
  };

  const show = (fresh) => {
    const list = part.querySelector("[data-rows]");
    const wanted = fresh.querySelector("[data-rows]");
    const before = new Map(rowsOf(part).map((row) => [row.dataset.key, row]));
    const added = [];
    const changed = [];
    const rows = rowsOf(fresh).map((row) => {
      const { key } = row.dataset;
      const old = before.get(key);
      const text = row.outerHTML;
      before.delete(key);
      if (old && made.get(key) === text) return old;
      made.set(key, text);
      localise(row);
      if (old) {
        swap(old, row);
        changed.push(titleOf(row));
        mark(row, "changed");
      } else if (touched === null || row.dataset.model === undefined || touched.has(row.dataset.model)) {
        added.push(titleOf(row));
        mark(row, "new");
      }
      return row;
    });
    const gone = [...before.values()].filter((row) => touched === null || touched.has(row.dataset.model)).map(titleOf);
    for (const key of before.keys()) made.delete(key);
    if (list && wanted) {
      for (const row of before.values()) row.remove();
      let at = list.firstElementChild;
      for (const row of rows) {
        if (row === at) at = at.nextElementSibling;
        else list.insertBefore(row, at);
      }
      for (const old of part.querySelectorAll("[data-part]")) {
        const now = fresh.querySelector(`[data-part="${old.dataset.part}"]`);
        if (now && now.outerHTML !== old.outerHTML) swap(old, now);
      }
    } else {
      part.replaceChildren(...fresh.childNodes);
    }
    for (const form of part.querySelectorAll("form.rows")) compare(form);
    const text = told("new", added) + told("changed", changed) + told("gone", gone);
    if (text) news.textContent = text;
    touched = new Set();
  };

  const ask = async () => {
    timer = null;
    asking = true;
    earliest = Date.now() + PAUSE;
    try {
      const answer = await fetch(part.dataset.live, { redirect: "error" });
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html").body);
    } catch {
      // The stream comes back by itself, and then this is asked again.
      touched = null;
    }
    asking = false;
    if (again) soon();
  };

  const soon = () => {
    again = asking;
    if (asking || timer !== null) return;
    timer = setTimeout(ask, Math.max(0, earliest - Date.now()));
  };

  const follow = () => {
    if (source) return;
    source = new EventSource("/live");
    source.addEventListener("begun", (event) => {
      part.dataset.following = "";
      if (event.data === known) return;
      known = event.data;
      touched = null;
      soon();
    });
    source.addEventListener("message", (event) => {
      const { last, models } = JSON.parse(event.data);
      known = last;
      for (const model of models) touched?.add(model);
      soon();
    });
    // The session has ended: another stream would be refused.
    source.addEventListener("over", () => {
      over = true;
      leave();
    });
  };

  const leave = () => {
    source?.close();
    source = null;
    delete part.dataset.following;
  };

  // A browser has few connections to a server, so pages that nobody sees hold none.
  const turn = () => (document.visibilityState === "visible" && !over ? follow() : leave());

  if (part) {
    for (const row of rowsOf(part)) made.set(row.dataset.key, row.outerHTML);
    document.addEventListener("visibilitychange", turn);
    addEventListener("pagehide", leave);
    addEventListener("pageshow", turn);
  }
}
