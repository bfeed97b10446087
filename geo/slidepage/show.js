"use strict";
(() => {
  const root = document.documentElement, words = JSON.parse(document.getElementById("words").textContent);
  const slides = [...document.querySelectorAll(".slide")], tongues = [...document.querySelectorAll("#tongues button")];
  const by = (id) => document.getElementById(id), first = root.lang;
  let at = 0, asked = null;

  const say = () => slides[at].querySelector(`.say[lang=${root.lang}]`);
  const place = () => `${at + 1} / ${slides.length}`;

  /** Make the letters of a crowded slide a little smaller until all of it can be seen. */
  function fit() {
    const panel = say().querySelector(".panel");
    panel.style.removeProperty("--u");
    if (matchMedia("(max-aspect-ratio: 1/1)").matches) return;
    for (let share = 0.98; panel.scrollHeight > panel.clientHeight + 1 && share > 0.6; share -= 0.02) {
      panel.style.setProperty("--u", `${share}vh`);
    }
  }

  function name(id, key, sign) {
    const button = by(id), text = words[root.lang][key];
    button.textContent = sign;
    button.title = text;
    button.setAttribute("aria-label", text);
  }

  function remember() {
    const mark = `#${at + 1}${root.lang === first ? "" : "-" + root.lang}`;
    // A page inside another page may not be allowed to write its address.
    try { history.replaceState(null, "", mark); } catch { /* the show goes on */ }
  }

  function show(index, tell = true) {
    at = Math.max(0, Math.min(slides.length - 1, index));
    slides.forEach((slide, i) => slide.classList.toggle("on", i === at));
    by("place").textContent = place();
    const one = words[root.lang];
    name("why", "why", "?"); name("dim", "theme", "◐"); name("wide", "full", "⛶"); name("back", "back", "‹"); name("on", "on", "›");
    by("bar").setAttribute("aria-label", one.bar);
    by("back").disabled = at === 0;
    by("on").disabled = at === slides.length - 1;
    document.title = `${place()} · ${one.title}`;
    tongues.forEach((button) => button.setAttribute("aria-pressed", String(button.lang === root.lang)));
    remember();
    fit();
    scrollTo(0, 0);
    if (tell) {
      const parts = [".title", ".label", ".number", ".detail", ".sentence", ".example", ".caution"];
      by("live").textContent = [place(), ...parts.map((part) => say().querySelector(part)?.textContent ?? "")].filter(Boolean).join(". ");
    }
  }

  const go = (steps) => { close(); show(at + steps); };

  function speak(lang) {
    const open = asked !== null;
    close();
    root.lang = lang;
    show(at);
    if (open) open_why();
  }

  function open_why() {
    asked = say().querySelector(".why");
    asked.classList.add("open");
    asked.focus();
  }

  function close() {
    if (asked === null) return;
    asked.classList.remove("open");
    asked = null;
    by("why").focus({ preventScroll: true });
    by("why").blur();
  }

  const ask = () => (asked === null ? open_why() : close());
  const blank = (dark) => root.classList.toggle("blank", dark);
  const dim = () => { root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark"; };

  function full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else root.requestFullscreen?.().catch(() => {});
  }

  const keys = {
    ArrowRight: () => go(1), ArrowDown: () => go(1), PageDown: () => go(1), " ": () => go(1), Enter: () => go(1),
    ArrowLeft: () => go(-1), ArrowUp: () => go(-1), PageUp: () => go(-1), Backspace: () => go(-1),
    Home: () => go(-slides.length), End: () => go(slides.length), Escape: close,
    KeyF: full, KeyS: ask, KeyB: () => blank(true), KeyD: dim, Period: () => blank(true),
  };
  tongues.forEach((button, i) => { keys[`Digit${i + 1}`] = keys[`Numpad${i + 1}`] = () => speak(button.lang); });

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (root.classList.contains("blank")) { blank(false); event.preventDefault(); return; }
    const onButton = event.target.closest?.("button") && (event.key === " " || event.key === "Enter");
    // The sources scroll under the same keys.
    const scrolls = asked !== null && /^(Arrow(Up|Down)|Page|Home|End| )/.test(event.key);
    // By the place of the key, so that the letters work on every keyboard layout.
    const act = keys[event.key] ?? keys[event.code];
    if (!act || onButton || scrolls) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("click", (event) => {
    if (root.classList.contains("blank")) { blank(false); return; }
    const button = event.target.closest("button");
    if (button?.matches("#why, .chip")) ask();
    else if (button?.matches(".close")) close();
    else if (button?.matches("#dim")) dim();
    else if (button?.matches("#wide")) full();
    else if (button?.matches("#back")) go(-1);
    else if (button?.matches("#on")) go(1);
    else if (button?.matches("#tongues button")) speak(button.lang);
    else if (asked === null && event.target.closest("main") && String(getSelection()) === "") go(event.clientX < innerWidth / 4 ? -1 : 1);
  });

  let from = null;
  addEventListener("touchstart", (event) => { from = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
  addEventListener("touchend", (event) => {
    const to = event.changedTouches[0];
    if (from === null || asked !== null) return;
    const [dx, dy] = [to.clientX - from.clientX, to.clientY - from.clientY];
    if (Math.abs(dx) > 45 && Math.abs(dx) > 1.5 * Math.abs(dy)) go(dx < 0 ? 1 : -1);
  }, { passive: true });

  function follow() {
    const found = /^#(\d{1,3})(?:-(ru|ky|en))?$/.exec(location.hash);
    if (found?.[2]) root.lang = found[2];
    show(found ? Number(found[1]) - 1 : 0, false);
  }

  root.classList.add("js");
  root.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  addEventListener("hashchange", follow);
  addEventListener("resize", fit);
  document.fonts?.ready.then(fit);
  follow();
})();
