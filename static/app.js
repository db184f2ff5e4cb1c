// The few things that htmx and HTML cannot do. Every page works without this file.
(() => {
  "use strict";
  const root = document.documentElement;
  const HIDDEN_POLL_MS = 60_000;
  let lastPoll = 0;

  // A hidden tab polls once a minute, and at once when it is shown again.
  document.addEventListener("htmx:config:request", (event) => {
    if (event.detail.ctx.sourceEvent?.type !== "every") return;
    if (document.hidden && Date.now() - lastPoll < HIDDEN_POLL_MS) event.preventDefault();
    else lastPoll = Date.now();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.body.dispatchEvent(new Event("refresh"));
  });

  // data-offline shows that the page may be out of date: the server is silent, or a proxy answers.
  const offline = (lost) => root.toggleAttribute("data-offline", lost);
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx && !event.detail.ctx.response) offline(true);
  });
  document.addEventListener("htmx:after:request", (event) => {
    offline(event.detail.ctx.response.status >= 500);
  });

  // A select that still holds its first value takes the browser's time zone.
  const guessZones = () => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const select of document.querySelectorAll("select[data-guess-zone]")) {
      const untouched = select.value === select.dataset.guessZone;
      const known = [...select.options].some((option) => option.value === zone);
      if (untouched && known) select.value = zone;
      select.removeAttribute("data-guess-zone");
    }
  };
  // After a form was refused, the first wrong field gets the focus.
  const REFUSED = 422;
  const toFirstFault = () => document.querySelector("[aria-invalid='true']")?.focus();

  document.addEventListener("DOMContentLoaded", () => {
    guessZones();
    const [page] = performance.getEntriesByType("navigation");
    if (page?.responseStatus === REFUSED) toFirstFault();
  });

  // Where a swap removed the focused element, the focus goes to its card.
  let place;
  document.addEventListener("htmx:before:swap", () => {
    place = document.activeElement?.closest("article[id]")?.id;
  });
  const keepPlace = () => {
    if (!place || document.activeElement !== document.body) return;
    document.getElementById(place)?.querySelector("a")?.focus({ preventScroll: true });
  };

  document.addEventListener("htmx:after:swap", (event) => {
    guessZones();
    keepPlace();
    if (event.detail.ctx.response?.status === REFUSED) toFirstFault();
  });

  // data-opens holds the id of a dialog; without this file the link leads to a page that asks the same.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    const dialog = opener && document.getElementById(opener.dataset.opens);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
