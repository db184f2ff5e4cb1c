"""What is looked for on each page: axe's rules, sideways scrolling, and cut words."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {
    "runOnly": STANDARDS,
    "resultTypes": ["violations"],
    # Left out by axe unless it is named.
    "rules": {"target-size": {"enabled": True}},
}
AXE = """
async (options) => (await axe.run(options)).violations.map((found) =>
  `${found.id}: ${found.nodes.slice(0, 3).map((node) =>
    `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`).join("; ")}`)
"""
# With script off no timer ever rings, and axe would wait for its own.
AT_ONCE = "window.setTimeout = (act) => { Promise.resolve().then(act); return 1; }"
UNFOLD = "document.querySelectorAll('details:not([data-menu])').forEach((d) => d.open = true)"
WIDER = """
() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const all = [...document.querySelectorAll("body *")];
  const out = all.filter((one) => one.getBoundingClientRect().right > wide + 1);
  const names = out.map((one) => `${one.tagName}.${one.className.baseVal ?? one.className}`);
  const last = [...new Set(names)].slice(-6).join(" ");
  return [`wide ${document.documentElement.scrollWidth}: ${last}`];
}
"""
# In what the program says itself; foreign names are cut on purpose, their whole is a click away.
CUT = """
() => {
  const ours = "h1, h2, h3, label, legend, button, .button, .badge, summary, th, dt, nav a";
  const cut = (one) => !["visible", "auto", "scroll"].includes(getComputedStyle(one).overflowX)
    && one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1;
  const all = [...document.querySelectorAll(ours)].filter((one) => !one.querySelector("bdi"));
  return all.filter((one) => cut(one) || [...one.querySelectorAll("*")].some(cut))
    .map((one) => `cut: ${one.tagName} ${one.textContent.trim().slice(0, 40)}`);
}
"""


def faults(page: Page, *, script: bool) -> list[str]:
    """What is wrong with a page as it comes, and with all that unfolds, unfolded."""
    found = [*page.evaluate(WIDER), *page.evaluate(CUT)]
    page.evaluate(UNFOLD)
    if not script:
        page.evaluate(AT_ONCE)
    page.evaluate(AXE_SCRIPT)
    found += [*page.evaluate(WIDER), *page.evaluate(CUT), *page.evaluate(AXE, OPTIONS)]
    return sorted(set(found))
