"""What an automatic check can tell of a page's accessibility (after WCAG 2.2 AA): contrast, names, structure."""

# Every visible text against what lies behind it; a text that is 24 pixels high, or 18.66 and bold, may have less.
CONTRAST = """
(() => {
  const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return { r, g, b, a }; };
  const light = ({ r, g, b }) => { const [x, y, z] = [r, g, b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
  const over = (top, below) => ({ r: top.r * top.a + below.r * (1 - top.a), g: top.g * top.a + below.g * (1 - top.a), b: top.b * top.a + below.b * (1 - top.a), a: 1 });
  const behind = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) { const colour = parse(getComputedStyle(e).backgroundColor); layers.push(colour); if (colour.a === 1) break; }
    return layers.reduceRight((below, top) => over(top, below), { r: 255, g: 255, b: 255, a: 1 });
  };
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest('svg, noscript, script, .said, .skip, option')) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const wanted = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    const below = behind(element);
    const [a, b] = [light(over(parse(style.color), below)), light(below)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < wanted) bad.push(`contrast ${ratio.toFixed(2)} of "${node.textContent.trim().slice(0, 40)}"`);
  }
  return [...new Set(bad)];
})()
"""

STRUCTURE = """
(() => {
  const bad = [];
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place))) bad.push(`the id ${id} is there twice`);
  for (const name of ['aria-labelledby', 'aria-describedby', 'for'])
    for (const element of document.querySelectorAll(`[${name}]`))
      for (const id of element.getAttribute(name).split(' ')) if (!document.getElementById(id)) bad.push(`${name} names ${id}, which is not there`);
  if (!document.documentElement.lang) bad.push('the page has no language');
  if (document.querySelectorAll('main').length !== 1 || document.querySelectorAll('h1').length !== 1) bad.push('not one main and one h1');
  let level = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) bad.push(`a heading skips to level ${next}: ${heading.textContent}`);
    level = next;
  }
  for (const table of document.querySelectorAll('table')) if (!table.querySelector('thead th[scope=col]')) bad.push('a table without headed columns');
  for (const element of document.querySelectorAll('[tabindex]')) if (element.tabIndex > 0) bad.push('a tabindex over 0');
  for (const button of document.querySelectorAll('button, select, summary')) {
    const box = button.getBoundingClientRect();
    if (box.width && (box.height < 20 || box.width < 20)) bad.push(`a small target: ${button.textContent.slice(0, 30)} ${box.width}x${box.height}`);
  }
  return bad;
})()
"""

NAMED = {"button", "link", "combobox", "img", "meter", "table", "textbox", "region"}


def faults(browser):
    """What is wrong, in words; empty when nothing was found."""
    found = browser.evaluate(CONTRAST) + browser.evaluate(STRUCTURE)
    for node in browser.call("Accessibility.getFullAXTree")["nodes"]:
        role = node.get("role", {}).get("value")
        if node.get("ignored") or role not in NAMED:
            continue
        if not node.get("name", {}).get("value", "").strip():
            found.append(f"a {role} without a name")
    return found
