// The picture of chains: larger and smaller, drag to move, arrow keys from case to case. All of it works without: the
// box scrolls, and each case is a link.
(() => {
  const box = document.querySelector(".chain-box");
  const picture = document.querySelector(".chain-picture");
  const why = document.getElementById("why");
  if (!box || !picture) return;
  const width = Number(picture.getAttribute("width"));
  const height = Number(picture.getAttribute("height"));
  let scale = 1;

  function zoom(to, x, y) {
    const next = Math.min(4, Math.max(0.15, to));
    const left = (box.scrollLeft + x) / scale;
    const top = (box.scrollTop + y) / scale;
    scale = next;
    picture.setAttribute("width", width * scale);
    picture.setAttribute("height", height * scale);
    box.scrollLeft = left * scale - x;
    box.scrollTop = top * scale - y;
  }
  function step(what) {
    const x = box.clientWidth / 2, y = box.clientHeight / 2;
    if (what === "fit") { zoom(box.clientWidth / width, 0, 0); box.scrollLeft = 0; return; }
    zoom(what === "in" ? scale * 1.3 : scale / 1.3, x, y);
  }

  const tools = document.querySelector(".chain-tools");
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (button) step(button.dataset.zoom);
  });
  box.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const at = box.getBoundingClientRect();
    zoom(event.deltaY < 0 ? scale * 1.15 : scale / 1.15, event.clientX - at.left, event.clientY - at.top);
  }, { passive: false });

  // Drag with the mouse; fingers scroll the box anyway.
  let from = null, moved = false;
  box.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    from = { x: event.clientX, y: event.clientY, left: box.scrollLeft, top: box.scrollTop };
    moved = false;
  });
  window.addEventListener("pointermove", (event) => {
    if (!from) return;
    if (Math.abs(event.clientX - from.x) + Math.abs(event.clientY - from.y) > 4) moved = true;
    if (moved) {
      box.scrollLeft = from.left - (event.clientX - from.x);
      box.scrollTop = from.top - (event.clientY - from.y);
    }
  });
  window.addEventListener("pointerup", () => { from = null; });
  box.addEventListener("click", (event) => {
    if (moved) { event.preventDefault(); event.stopPropagation(); moved = false; }
  }, true);
  box.addEventListener("dragstart", (event) => event.preventDefault());

  box.addEventListener("keydown", (event) => {
    if (event.key === "+" || event.key === "=") { step("in"); event.preventDefault(); }
    if (event.key === "-") { step("out"); event.preventDefault(); }
    if (event.key === "0") { step("fit"); event.preventDefault(); }
    const cases = Array.from(picture.querySelectorAll("a.node"));
    const at = cases.indexOf(document.activeElement);
    if (at >= 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const next = cases[at + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { next.focus(); next.scrollIntoView({ block: "nearest", inline: "nearest" }); }
      event.preventDefault();
    }
  });

  // Mark the case that is explained; on a narrow screen the explanation stands below, so go there.
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== why) return;
    const path = event.detail.pathInfo.requestPath;
    for (const one of picture.querySelectorAll("a.node")) {
      one.classList.toggle("chosen", one.getAttribute("href") === path);
    }
    if (why.getBoundingClientRect().top > window.innerHeight - 80) why.scrollIntoView({ block: "start" });
  });
})();
