// Follows a preview: asks how it stands, and shows the page anew as soon as that is something else.
"use strict";

(() => {
  const shown = document.querySelector("[data-follow]");
  if (!shown) return;
  let wait = 500; // milliseconds, a little longer each time

  const look = async () => {
    try {
      const answer = await fetch(shown.dataset.follow, { headers: { Accept: "application/json" } });
      if (!answer.ok || (await answer.json()).shown !== shown.dataset.shown) {
        location.reload();
        return;
      }
    } catch {
      // The service cannot be reached just now.
    }
    wait = Math.min(wait * 1.25, 5000);
    setTimeout(look, wait);
  };

  setTimeout(look, wait);
})();
