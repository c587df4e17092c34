"use strict";
// What was recorded and is not known to be on the server: kept in the browser's database, user by user, until the
// server has said of each entry what came of it. Used by the page and by the service worker.
// An entry: id (UUID, the record's own), user, state (waiting, sent, set_aside), answer, words, finding, until.
const Queue = (() => {
  const NAME = "douse-tasks", STORE = "answers", MOST = 100;
  const ON_LEDGER = new Set(["saved", "known", "apart"]);

  function opened() {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  }

  async function within(mode, work) {
    const database = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(STORE, mode, { durability: "strict" });
        const asked = work(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(asked.result);
        transaction.onerror = transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  }

  const put = (entry) => within("readwrite", (store) => store.put(entry));
  const remove = (id) => within("readwrite", (store) => store.delete(id));
  const all = () => within("readonly", (store) => store.getAll());

  function number() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const text = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return text.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  // Of what was sent only that it was is kept, until its day is over: a list from the cache then still shows it.
  function settled(entry, result) {
    const finding = [result.what, result.allowed, result.next].filter(Boolean).join(" ");
    if (!ON_LEDGER.has(result.state)) return { ...entry, state: "set_aside", finding };
    const { task_id, outcome } = entry.answer;
    return { id: entry.id, user: entry.user, until: entry.until, state: "sent", finding, words: entry.words, answer: { task_id, outcome } };
  }

  async function tidy() {
    const over = (await all()).filter((entry) => entry.state === "sent" && entry.until < Date.now());
    for (const entry of over) await remove(entry.id);
  }

  // Answers sent | offline | signed_out | refused, and who is signed in.
  async function exchange(door, exit) {
    let entered;
    try {
      entered = await fetch(door, { credentials: "same-origin", redirect: "manual", cache: "no-store" });
    } catch {
      return { state: "offline" };
    }
    if (entered.type === "opaqueredirect") return { state: "signed_out" };
    if (entered.status >= 500) return { state: "offline" };
    if (!entered.ok) return { state: "refused" };
    const { user, token, day } = await entered.json();
    for (;;) {
      const waiting = (await all()).filter((entry) => entry.user === user && entry.state === "waiting").slice(0, MOST);
      if (!waiting.length) return { state: "sent", user, day };
      let answered;
      try {
        answered = await fetch(exit, {
          method: "POST", credentials: "same-origin", redirect: "manual", cache: "no-store",
          headers: { "Content-Type": "application/json", "X-CSRFToken": token },
          body: JSON.stringify({ clock: new Date().toISOString(), answers: waiting.map((entry) => ({ ...entry.answer, id: entry.id })) }),
        });
      } catch {
        return { state: "offline", user, day };
      }
      if (answered.type === "opaqueredirect") return { state: "signed_out" };
      if (answered.status >= 500) return { state: "offline", user, day };
      if (!answered.ok) return { state: "refused", user, day };
      const results = new Map((await answered.json()).results.map((result) => [result.id, result]));
      let done = 0;
      for (const entry of waiting) {
        if (results.has(entry.id)) {
          await put(settled(entry, results.get(entry.id)));
          done += 1;
        }
      }
      if (!done) return { state: "refused", user, day };
    }
  }

  // One exchange at a time, of all windows and the worker.
  function send(door, exit) {
    const locks = self.navigator.locks;
    return locks ? locks.request("douse-tasks", () => exchange(door, exit)) : exchange(door, exit);
  }

  return { all, number, put, remove, send, tidy };
})();
