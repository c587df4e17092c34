// The service worker of the tasks: keeps the files of the pages, and today's list until its day is over.
const LIST = "douse-list", KEPT = `douse-shell-${SHELL.version}`;
const PATIENCE = 8000; // milliseconds until a slow network counts as none, where there is a list to show

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(KEPT);
    await cache.addAll([...SHELL.files, new Request(SHELL.offline, { credentials: "omit" })]);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("douse-shell-") && name !== KEPT).map((name) => caches.delete(name)));
    await kept();
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") {
    event.respondWith(address.pathname === SHELL.list ? list(event.request) : other(event.request));
  } else if (address.pathname.startsWith("/static/")) {
    event.respondWith(file(event.request));
  }
});

self.addEventListener("sync", (event) => {
  if (event.tag === "douse-tasks") event.waitUntil(Queue.send(SHELL.door, SHELL.exchange));
});

async function list(request) {
  const known = await kept();
  const asked = fetch(request).then(keep);
  try {
    const answer = await (known ? Promise.race([asked, late()]) : asked);
    if (answer.status < 500 || !known) return answer;
  } catch {
    asked.catch(() => undefined);
  }
  return (await kept()) || caches.match(SHELL.offline);
}

function late() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("late")), PATIENCE));
}

async function keep(answer) {
  const left = answer.headers.get("X-Douse-Seconds-Left");
  if (answer.ok && left) {
    const headers = new Headers(answer.headers);
    headers.set("X-Douse-Until", String(Date.now() + 1000 * Number(left)));
    const copy = new Response(await answer.clone().blob(), { headers });
    await (await caches.open(LIST)).put(SHELL.list, copy);
  }
  return answer;
}

// The list that was kept; one whose day is over is taken away.
async function kept() {
  const cache = await caches.open(LIST);
  const found = await cache.match(SHELL.list);
  if (found && Number(found.headers.get("X-Douse-Until")) > Date.now()) return found;
  if (found) await cache.delete(SHELL.list);
  return undefined;
}

async function other(request) {
  try {
    return await fetch(request);
  } catch {
    return caches.match(SHELL.offline);
  }
}

async function file(request) {
  return (await caches.match(request)) || fetch(request);
}
