"use strict";
// On every page: the list of tasks that a browser keeps goes when its user signs out, when somebody else is signed in,
// and when its day is over. What was recorded and is not sent stays: it is not lost by signing out.
(() => {
  if (!("caches" in self)) return;
  const LIST = "douse-list";
  const user = document.body.dataset.user;

  document.addEventListener("submit", (event) => {
    if (event.target instanceof HTMLFormElement && event.target.dataset.leaves !== undefined && !event.defaultPrevented) {
      caches.delete(LIST);
    }
  });

  (async () => {
    if (!(await caches.has(LIST))) return;
    const cache = await caches.open(LIST);
    for (const request of await cache.keys()) {
      const found = await cache.match(request);
      const over = Number(found.headers.get("X-Douse-Until")) <= Date.now();
      if (over || (user && found.headers.get("X-Douse-User") !== user)) await cache.delete(request);
    }
  })();
})();
