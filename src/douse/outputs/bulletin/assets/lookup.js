// The look-up: finds a place by the beginning of its name. What is typed is sent nowhere.
"use strict";
(() => {
  const form = document.getElementById("lookup");
  const input = document.getElementById("place");
  const list = document.getElementById("found");
  const state = document.getElementById("state");
  const kept = document.getElementById("kept");
  const said = form.dataset;
  const zones = `${said.root}zones/`;
  const MOST = 8; // shown
  const FILES = 6; // read for one question
  let index = null;
  let asked = 0;

  // As `plain` in lookup.py: letters and digits only, small, in their usual width.
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? facts[name] : whole));
  const level = (code) => said[`level${code[0].toUpperCase()}${code.slice(1)}`] || code;
  const day = (text) =>
    new Date(`${text}T00:00:00Z`).toLocaleDateString(said.language === "zh" ? "zh-CN" : "en-GB", {
      day: "numeric", month: "long", year: "numeric", timeZone: "UTC",
    });

  async function json(name) {
    const answer = await fetch(zones + name);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function card([name, within, number, ask]) {
    const answer = index.answers[number];
    const code = answer ? answer.level : "open";
    const item = element("li", "", `${code}-edge`);
    item.append(element("h3", name));
    if (within) item.append(element("p", within, "note"));
    const line = element("p");
    line.append(element("span", level(code), `chip ${code}`));
    item.append(line);
    if (answer) {
      item.append(element("p", fill(said.why, { zone: answer.zone, level: level(code) })));
      item.append(element("p", fill(said.since, { day: day(answer.since) })));
      if (answer.until) item.append(element("p", fill(said.until, { day: day(answer.until) })));
      if (answer.review) item.append(element("p", fill(said.review, { day: day(answer.review) })));
      if (answer.lift) item.append(element("p", fill(said.lift, { day: day(answer.lift) })));
    } else {
      item.append(element("p", said.open));
    }
    if (ask) item.append(element("p", said.ask, "notice"));
    const means = element("a", said.means);
    means.href = `#level-${code}`;
    means.addEventListener("click", () => { document.getElementById(`level-${code}`).open = true; });
    item.append(means);
    return item;
  }

  async function find(text) {
    const wanted = plain(text);
    const turn = ++asked;
    list.replaceChildren();
    if (!wanted) { state.textContent = ""; return; }
    state.textContent = said.searching;
    try {
      index ||= await json("index.json");
      const files = index.files.filter(([start]) => start.startsWith(wanted) || wanted.startsWith(start));
      const found = [];
      for (const [, name] of files.slice(0, FILES)) {
        found.push(...(await json(name)).filter((entry) => plain(entry[0] + entry[1]).includes(wanted)));
      }
      // The shortest name first: an estate before its buildings.
      found.sort((a, b) => a[0].length - b[0].length || a[0].localeCompare(b[0]));
      const more = found.length > MOST || files.length > FILES;
      found.length = Math.min(found.length, MOST);
      if (turn !== asked) return;
      list.replaceChildren(...found.map(card));
      state.textContent = found.length
        ? fill(more ? said.more : said.count, { n: found.length, day: day(index.as_of) })
        : said.none;
    } catch {
      if (turn === asked) state.textContent = said.failed;
    }
  }

  form.addEventListener("submit", (event) => { event.preventDefault(); find(input.value); });
  let wait = 0;
  input.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(() => find(input.value), 250); });

  if ("serviceWorker" in navigator && window.isSecureContext) {
    navigator.serviceWorker.addEventListener("message", (event) => {
      if (event.data === "kept") kept.textContent = said.kept;
    });
    navigator.serviceWorker.register(`${said.root}sw.js`).then(async () => {
      const ready = await navigator.serviceWorker.ready;
      ready.active.postMessage("keep");
    }).catch(() => {});
  }
})();
