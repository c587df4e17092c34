"use strict";
// The list of tasks: what is recorded goes into the queue first, then to the server when there is a network.
// Without this script the same forms are sent as forms.
(() => {
  const root = document.getElementById("tasks");
  if (!root || !("indexedDB" in self)) return;
  const { user, day, door, exchange, worker, signIn } = root.dataset;
  const until = Date.now() + 1000 * Number(root.dataset.left);
  const bar = document.getElementById("sync"), findings = document.getElementById("findings");
  const [line, link, button] = bar.children;
  const words = (name, n = 0) => bar.dataset[name].replace("#", String(n));
  const asServed = document.documentElement.outerHTML;
  let network = "sent", sending = false, again = false;

  // ---- recording
  function answerOf(form) {
    const given = new FormData(form), answer = { task_id: form.dataset.task, at: new Date().toISOString() };
    for (const name of ["found", "symptoms", "how", "outcome", "sampled", "note"]) {
      const value = String(given.get(name) || "").trim();
      if (value) answer[name] = value;
    }
    const warm = String(given.get("temperature") || "").trim();
    if (warm) answer.temperature = Number(warm);
    if (answer.found !== "seen") {
      delete answer.symptoms;
      delete answer.temperature;
    }
    if (answer.outcome && answer.outcome !== "done") delete answer.sampled;
    answer.outcome = answer.outcome || { seen: "done", not_found: "not_reached", refused: "refused" }[answer.found];
    return answer;
  }

  function wordsOf(form) {
    const chosen = [...form.querySelectorAll("input[type=radio]:checked")].filter((input) => input.offsetParent !== null || input.name !== "symptoms");
    return chosen.map((input) => input.nextElementSibling.textContent.trim()).join(", ");
  }

  async function recorded(form) {
    const answer = answerOf(form);
    const entry = { id: Queue.number(), user, state: "waiting", until, answer, words: wordsOf(form), finding: "" };
    try {
      await Queue.put(entry);
    } catch {
      form.submit(); // no room on the device: straight to the server
      return;
    }
    form.reset();
    await show();
    wake();
    await send();
  }

  root.addEventListener("submit", (event) => {
    if (!event.target.classList.contains("task-form")) return;
    event.preventDefault();
    recorded(event.target);
  });

  // ---- sending
  // Asked for while it sends, it sends once more: the network may have come back, or a session ended, meanwhile.
  async function send() {
    again = true;
    if (sending) return;
    sending = true;
    try {
      while (again) {
        again = false;
        const answered = await Queue.send(door, exchange);
        network = answered.state;
        if (answered.day && (answered.day !== day || answered.user !== user)) return void location.reload();
      }
    } finally {
      sending = false;
    }
    await show();
  }

  async function wake() {
    const registered = await navigator.serviceWorker?.getRegistration();
    await registered?.sync?.register("douse-tasks").catch(() => undefined);
  }

  // ---- what is seen of it
  async function show() {
    const entries = await Queue.all();
    const own = entries.filter((entry) => entry.user === user);
    const waiting = own.filter((entry) => entry.state === "waiting");
    say(waiting.length, entries.filter((entry) => entry.user !== user && entry.state !== "sent").length);
    for (const card of root.querySelectorAll("article.task")) {
      const last = own.filter((entry) => entry.answer.task_id === card.dataset.task && entry.state !== "set_aside").at(-1);
      mark(card, last);
    }
    list(own.filter((entry) => entry.state === "set_aside" || (entry.state === "sent" && entry.finding)));
  }

  function say(n, others) {
    const key = network === "sent" ? (n ? "waiting" : "allSent") : { offline: "offline", signed_out: "signedOut", refused: "refused" }[network];
    bar.hidden = false;
    bar.dataset.state = network === "sent" ? (n ? "waiting" : "sent") : network;
    line.textContent = [words(key, n), network === "offline" ? words("old") : "", others ? words("other", others) : ""].filter(Boolean).join(" ");
    link.hidden = network !== "signed_out";
    link.href = signIn;
    link.textContent = words("signIn");
    button.hidden = !(n && ["offline", "refused", "sent"].includes(network));
    button.textContent = words("retry");
  }

  function mark(card, entry) {
    const form = card.querySelector("form.task-form");
    let note = card.querySelector(".recorded");
    const again = !entry || (entry.state === "sent" && entry.answer.outcome === "not_reached");
    if (form) form.hidden = !again;
    card.classList.toggle("is-recorded", Boolean(entry));
    if (!entry) return void note?.remove();
    if (!note) {
      note = document.createElement("div");
      note.className = "recorded";
      card.append(note);
    }
    const text = document.createElement("p");
    text.textContent = [entry.words, entry.state === "sent" ? words("saved") : words("savedHere")].filter(Boolean).join(" · ");
    note.replaceChildren(text);
    if (entry.state === "waiting") note.append(takeAway(entry));
  }

  function takeAway(entry) {
    const undo = document.createElement("button");
    undo.type = "button";
    undo.className = "small";
    undo.textContent = words("undo");
    undo.addEventListener("click", async () => {
      await Queue.remove(entry.id);
      await show();
    });
    return undo;
  }

  function list(entries) {
    findings.hidden = !entries.length;
    findings.replaceChildren(...entries.map((entry) => {
      const item = document.createElement("li");
      item.className = `notice ${entry.state === "sent" ? "warn" : "bad"}`;
      const card = document.getElementById(`task-${entry.answer.task_id}`);
      const title = card ? card.querySelector("h3").textContent : "";
      const text = document.createElement("p");
      text.textContent = [[title, entry.words].filter(Boolean).join(", "), entry.finding, entry.state === "sent" ? "" : words("kept")].filter(Boolean).join(" · ");
      item.append(text, takeAway(entry));
      return item;
    }));
  }

  // ---- signing out with entries that wait
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const waiting = Number(bar.dataset.count || 0);
    if (form.dataset?.leaves !== undefined && waiting && !self.confirm(words("leave", waiting))) event.preventDefault();
  }, true);
  const counted = async () => {
    bar.dataset.count = String((await Queue.all()).filter((entry) => entry.user === user && entry.state !== "sent").length);
  };
  new MutationObserver(counted).observe(line, { childList: true });

  // ---- the list itself, for when there is no network
  async function keepList() {
    if (!("caches" in self) || navigator.serviceWorker?.controller) return; // the worker keeps what it fetches
    const headers = {
      "Content-Type": "text/html; charset=utf-8", "X-Douse-User": user, "X-Douse-Until": String(until),
      "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'",
    };
    const cache = await caches.open("douse-list");
    await cache.put(location.pathname, new Response(`<!doctype html>${asServed}`, { headers }));
  }

  async function begin() {
    await navigator.serviceWorker?.register(worker, { scope: location.pathname }).catch(() => undefined);
    await keepList();
    await Queue.tidy();
    await show();
    await send();
  }

  button.addEventListener("click", send);
  self.addEventListener("online", send);
  self.addEventListener("offline", () => { network = "offline"; show(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  setInterval(async () => {
    if ((await Queue.all()).some((entry) => entry.user === user && entry.state === "waiting")) send();
  }, 20000);
  begin();
})();
