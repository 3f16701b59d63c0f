// What a browser adds to pages that work without it: every page loads this, deferred.
"use strict";

// Dates in the reader's own zone, in the words of the page's language.

const language = document.documentElement.lang;
const moment = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
  day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});

function localize(place) {
  for (const element of place.querySelectorAll("time[data-local]")) {
    element.textContent = moment.format(new Date(element.dateTime));
  }
}

// Beside entries that stand under the days of the site their hours do, too.
const isRiver = document.querySelector(".teaser, .hit") !== null;
if (!isRiver) {
  localize(document);
}
document.addEventListener("replaced", (event) => localize(event.target));  // a part of the page is new

const zone = document.getElementById("zone");
if (zone && !isRiver && document.querySelector("time[data-local]")) {
  zone.textContent = zone.dataset.here.replace("{zone}", Intl.DateTimeFormat().resolvedOptions().timeZone);
}

// Addresses to copy: the clipboard is there on secure pages only.

if (navigator.clipboard) {
  for (const address of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = address.dataset.copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(address.textContent);
      button.textContent = address.dataset.copied;
      setTimeout(() => { button.textContent = address.dataset.copy; }, 2000);
    });
    button.setAttribute("aria-live", "polite");
    address.after(button);
  }
}

// A picture that its publisher does not give any more leaves its place empty: nothing moves.

for (const picture of document.querySelectorAll(".teaser img")) {
  const leave = () => picture.classList.add("absent");
  if (picture.complete && !picture.naturalWidth && picture.currentSrc) {
    leave();
  } else {
    picture.addEventListener("error", leave);
  }
}

// Keys: j and k go from entry to entry, o opens one, / searches, ? tells of them.

const shortcuts = document.getElementById("shortcuts");
const links = [...document.querySelectorAll(".teaser h3 a, .hit h3 a")];

function follow(relation) {
  const link = document.querySelector(`a[rel~="${relation}"]`);
  if (link) {
    link.click();
  }
}

// From the entry that has the focus, else from the one at the top of the window.
function step(by) {
  if (!links.length) {
    follow(by > 0 ? "next" : "prev");
    return;
  }
  const now = links.indexOf(document.activeElement);
  const below = links.findIndex((link) => link.getBoundingClientRect().top >= 0);
  const seen = below < 0 ? links.length : below;
  const place = now >= 0 ? now + by : by > 0 ? seen : seen - 1;
  if (place >= links.length) {
    follow("next");
  } else if (links[place]) {
    links[place].focus({ preventScroll: true });
    links[place].closest("article, li").scrollIntoView({ block: "nearest" });
  }
}

// The entry that has the focus; on the page of one, where it was published.
function open() {
  const link = links.includes(document.activeElement) ? document.activeElement : document.querySelector(".origin a");
  if (link) {
    link.click();
  }
}

function search() {
  const field = document.getElementById("query");
  if (field) {
    field.focus();
    field.select();
  } else {
    document.querySelector("a[data-key='/']").click();
  }
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  o: open,
  "/": search,
  "?": () => shortcuts.showModal(),
};

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || shortcuts.open) {
    return;
  }
  if (Object.hasOwn(keys, event.key)) {
    event.preventDefault();
    keys[event.key]();
  }
});
