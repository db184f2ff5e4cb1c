// The few things that htmx and HTML cannot do. Every page works without this file.
(() => {
  "use strict";
  const root = document.documentElement;
  const [HIDDEN_POLL_MS, TOAST_MS] = [60_000, 9_000];
  const [SIGNED_OUT, REFUSED, BROKEN] = [401, 422, 500];
  let lastPoll = 0;

  // A hidden tab polls once a minute, and at once when it is shown again.
  document.addEventListener("htmx:config:request", (event) => {
    if (event.detail.ctx.sourceEvent?.type !== "every") return;
    if (document.hidden && Date.now() - lastPoll < HIDDEN_POLL_MS) event.preventDefault();
    else lastPoll = Date.now();
  });
  const refresh = () => document.body.dispatchEvent(new Event("refresh"));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
  window.addEventListener("online", refresh);

  // The page may be out of date: the server is silent, a proxy answers, or nobody is signed in.
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx && !event.detail.ctx.response) root.toggleAttribute("data-offline", true);
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { request, response } = event.detail.ctx;
    // A proxy's own sign-in page is no answer of ours, which all vary by this header.
    const strange = response.raw.redirected && !/HX-Request/i.test(response.raw.headers.get("vary"));
    const out = request.method === "GET" && (response.status === SIGNED_OUT || strange);
    root.toggleAttribute("data-offline", response.status >= BROKEN);
    if (out) event.preventDefault();
    else if (root.hasAttribute("data-signed-out")) location.reload();
    root.toggleAttribute("data-signed-out", out);
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
  // After a form was refused, its list of faults gets the focus, or else the first wrong field.
  const toFaults = () =>
    (document.querySelector(".faults") ?? document.querySelector("[aria-invalid='true']"))?.focus();

  document.addEventListener("DOMContentLoaded", () => {
    guessZones();
    const [page] = performance.getEntriesByType("navigation");
    if (page?.responseStatus === REFUSED) toFaults();
  });

  // Where a swap removed the focused element, the focus goes to its card.
  let place;
  const keepPlace = () => {
    if (!place || document.activeElement !== document.body) return;
    document.getElementById(place)?.querySelector("a")?.focus({ preventScroll: true });
  };

  // data-new marks the rows that a poll showed as grabbed first; the icon tells that a run is on.
  const grabbed = () => [...document.querySelectorAll("[data-outcome='grabbed'][id]")];
  let known = new Set();
  const tellNew = () => {
    for (const row of grabbed()) if (!known.has(row.id)) row.setAttribute("data-new", "");
  };
  const tellBusy = () => {
    const icon = document.querySelector("link[rel='icon']");
    const busy = document.querySelector(".content[data-active]");
    const wanted = busy ? icon.dataset.busy : icon.dataset.idle;
    if (icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
  };
  // A toast goes by itself, but stays under a pointer or with the focus.
  const fade = (toast) =>
    setTimeout(() => (toast.matches(":hover, :focus-within") ? fade(toast) : toast.remove()), TOAST_MS);
  const fadeNew = () => {
    for (const toast of document.querySelectorAll(".toast:not([data-seen])")) {
      toast.setAttribute("data-seen", "");
      fade(toast);
    }
  };

  document.addEventListener("htmx:before:swap", () => {
    place = document.activeElement?.closest("article[id]")?.id;
    known = new Set(grabbed().map((row) => row.id));
  });
  document.addEventListener("htmx:after:swap", (event) => {
    guessZones();
    keepPlace();
    tellNew();
    tellBusy();
    fadeNew();
    if (event.detail.ctx.response?.status === REFUSED) toFaults();
  });

  // data-opens holds the id of a dialog; without this file the link leads to a page that asks the same.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    const dialog = opener && document.getElementById(opener.dataset.opens);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
    const closer = event.target.closest("[data-closes]");
    if (closer?.closest("dialog")) {
      event.preventDefault();
      closer.closest("dialog").close();
    }
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  // Paper cannot be unfolded.
  window.addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("main details:not([data-menu])")) folded.open = true;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
