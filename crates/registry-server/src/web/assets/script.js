// Makes pages better that work without it.
"use strict";

// Times in the time of whoever looks, with UTC on hover.
const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = time.dateTime.replace("T", " ").replace("Z", " UTC");
    time.textContent = (time.classList.contains("exact") ? exact : local).format(at);
  }
}
localise(document);

// Commands that are copied with one click. Browsers allow it by TLS and on this machine only.
if (navigator.clipboard) {
  for (const command of document.querySelectorAll("pre.command")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(command.textContent);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 2000);
    });
    const frame = document.createElement("div");
    frame.className = "copyable";
    command.replaceWith(frame);
    frame.append(command, button);
  }
}

// `/` goes to the search box, unless something is being typed.
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.querySelector("form.search input");
  if (box) {
    event.preventDefault();
    box.focus();
  }
});

// A comparison needs two.
function compare(form) {
  const button = form.querySelector("button[type=submit]");
  if (!button) return;
  button.dataset.words ??= button.textContent;
  const chosen = form.querySelectorAll("input[name=ids]:checked").length;
  button.disabled = chosen < 2;
  button.textContent = chosen < 2 ? button.dataset.words : `Compare ${chosen}`;
}
for (const form of document.querySelectorAll("form.rows")) compare(form);
document.addEventListener("change", (event) => {
  const form = event.target.closest("form.rows");
  if (form) compare(form);
});
