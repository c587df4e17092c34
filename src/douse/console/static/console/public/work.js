// Solves the puzzle of a form while somebody fills it in; sending waits for it. Without script a code does instead.
"use strict";

(function () {
  const form = document.querySelector("form[data-puzzle]");
  if (!form) return;
  const said = form.querySelector(".work-said");
  const field = (name) => form.elements.namedItem(name);
  const RENEW = 25 * 60 * 1000; // a puzzle runs out after half an hour
  const ASK = 2.5 * 60 * 1000; // from when on a puzzle may have become too easy: then the server says what it asks now
  const PATIENCE = 10 * 1000; // with a network that does not answer
  const AGAIN = 15 * 1000; // until a form may be sent once more: two quick taps are one report
  let waiting = false, started = 0, asked = 0, sentAt = -AGAIN;

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
    asked = Number(bits);
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
    worker.postMessage({ puzzle, bits: asked });
  }

  async function renew(still = false) { // still: the puzzle at hand is taken where no harder one is asked for
    try {
      const answer = await fetch(form.dataset.again, { cache: "no-store", signal: AbortSignal.timeout?.(PATIENCE) });
      const fresh = await answer.json();
      if (!still || fresh.bits > asked) { solve(fresh.puzzle, fresh.bits); return; }
    } catch {
      if (!still) { fail(); return; }
    }
    waiting = false;
    sending();
    form.submit();
  }

  form.addEventListener("submit", (event) => {
    const age = Date.now() - started, old = age > RENEW, solved = field("answer").value && !old;
    const twice = performance.now() - sentAt < AGAIN;
    if (!twice && (field("code").value.trim() || (solved && age <= ASK))) { sending(); return; }
    event.preventDefault();
    if (twice) return;
    if (waiting) return;
    waiting = true;
    said.textContent = said.dataset.checking;
    if (old || solved) renew(Boolean(solved));
  });
  // Come back by the browser's button: that puzzle was used.
  window.addEventListener("pageshow", (event) => { if (event.persisted) { sentAt = -AGAIN; renew(); } });

  solve(form.dataset.puzzle, form.dataset.bits);
})();
