// Solves the puzzle of a form while somebody fills it in; sending waits for it. Without script a code does instead.
"use strict";

(function () {
  const form = document.querySelector("form[data-puzzle]");
  if (!form) return;
  const said = form.querySelector(".work-said");
  const field = (name) => form.elements.namedItem(name);
  const RENEW = 25 * 60 * 1000; // a puzzle runs out after half an hour
  const AGAIN = 15 * 1000; // until a form may be sent once more: two quick taps are one report
  let waiting = false, started = 0, sentAt = -AGAIN;

  function sending() {
    sentAt = performance.now();
    said.textContent = said.dataset.sending;
  }

  function fail() {
    waiting = false;
    form.querySelector(".code-fold").open = true;
    said.textContent = said.dataset.failed;
  }

  function solve(puzzle, bits) {
    started = Date.now();
    field("puzzle").value = puzzle;
    field("answer").value = "";
    let worker;
    try { worker = new Worker(form.dataset.worker); } catch { fail(); return; }
    worker.onerror = fail;
    worker.onmessage = ({ data }) => {
      worker.terminate();
      if (data.puzzle !== field("puzzle").value) return;
      field("answer").value = data.answer;
      said.textContent = "";
      if (waiting) { waiting = false; sending(); form.submit(); }
    };
    worker.postMessage({ puzzle, bits: Number(bits) });
  }

  async function renew() {
    try {
      const answer = await fetch(form.dataset.again, { cache: "no-store" });
      const fresh = await answer.json();
      solve(fresh.puzzle, fresh.bits);
    } catch { fail(); }
  }

  form.addEventListener("submit", (event) => {
    const old = Date.now() - started > RENEW;
    const twice = performance.now() - sentAt < AGAIN;
    if (!twice && (field("code").value.trim() || (field("answer").value && !old))) { sending(); return; }
    event.preventDefault();
    if (twice) return;
    if (waiting) return;
    waiting = true;
    said.textContent = said.dataset.checking;
    if (old) renew();
  });
  // Come back by the browser's button: that puzzle was used.
  window.addEventListener("pageshow", (event) => { if (event.persisted) { sentAt = -AGAIN; renew(); } });

  solve(form.dataset.puzzle, form.dataset.bits);
})();
