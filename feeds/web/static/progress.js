// Follows what is under way: asks for this page anew and shows what it says by now, in place.
// Without scripts the page loads itself again.
"use strict";

(() => {
  const OFTEN = 1000; // milliseconds between two looks
  const SELDOM = 5000; // while the server does not answer, or nobody looks
  const SPEAK_EVERY = 10000; // at most, but when something has begun or ended

  const place = document.getElementById("progress");
  const voice = document.querySelector(".spoken");
  let state = place.dataset.state;
  let spokenAt = Date.now();

  function speak(isNews) {
    const brief = place.querySelector(".brief");
    if (brief && (isNews || Date.now() - spokenAt >= SPEAK_EVERY)) {
      voice.textContent = brief.textContent;
      spokenAt = Date.now();
    }
  }

  // What has the focus keeps it: a link of the same address stands for it afterwards.
  function show(fresh) {
    const held = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    place.replaceChildren(...fresh.childNodes);
    place.dispatchEvent(new Event("replaced", { bubbles: true }));
    place.dataset.state = fresh.dataset.state;
    if (held !== null) {
      const again = [...place.querySelectorAll("a")].find((link) => link.getAttribute("href") === held);
      if (again) again.focus({ preventScroll: true });
    }
  }

  function tellUnreachable() {
    if (place.querySelector(".unreachable")) return;
    const line = document.createElement("p");
    line.className = "error unreachable";
    line.textContent = place.dataset.unreachable;
    place.append(line);
    voice.textContent = place.dataset.unreachable;
  }

  async function look() {
    const response = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("progress");
    if (response.ok && fresh === null) {
      location.reload(); // somebody has signed out
      return false;
    }
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const isNews = fresh.dataset.state !== state;
    state = fresh.dataset.state;
    document.title = page.title;
    show(fresh);
    speak(isNews);
    return state !== "done";
  }

  async function follow() {
    let wait = document.hidden ? SELDOM : OFTEN;
    try {
      if (!(await look())) return;
    } catch {
      tellUnreachable();
      wait = SELDOM;
    }
    setTimeout(follow, wait);
  }

  if (state !== "done") setTimeout(follow, OFTEN);
})();
