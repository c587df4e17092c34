// Keeps the pages and the look-up on the phone: first from the network, from here where there is none.
"use strict";
const KEPT = "douse-bulletin-@EDITION@";
const PAGES = @PAGES@;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(PAGES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith("douse-bulletin-") && name !== KEPT);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  if (event.data !== "keep") return;
  event.waitUntil((async () => {
    const cache = await caches.open(KEPT);
    const address = new URL("zones/index.json", self.registration.scope);
    const answer = await cache.match(address);
    const index = await answer.clone().json();
    for (const [, name] of index.files) {
      const file = new URL(`zones/${name}`, self.registration.scope);
      if (!(await cache.match(file))) await cache.add(file);
    }
    event.source.postMessage("kept");
  })());
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  const scope = new URL(self.registration.scope);
  if (event.request.method !== "GET" || address.origin !== scope.origin || !address.pathname.startsWith(scope.pathname)) return;
  event.respondWith((async () => {
    const cache = await caches.open(KEPT);
    const named = /\/zones\/[0-9a-f]{16}\.json$/.test(address.pathname); // named by its content: never another
    const kept = await cache.match(event.request, { ignoreSearch: true });
    if (named && kept) return kept;
    try {
      const fresh = await fetch(event.request);
      if (fresh.ok && (named || kept)) await cache.put(event.request, fresh.clone());
      return fresh;
    } catch (failure) {
      if (kept) return kept;
      throw failure;
    }
  })());
});
