// What the browser tests ask of a page. Evaluated in the page by the driver, which stands above
// the page's own policy; none of this is part of the site.
({
  AXE: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],

  // Violations: [rule, elements, the first of them, why].
  async axe() {
    const runOnly = { type: "tag", values: this.AXE };
    const found = await axe.run(document, { runOnly, resultTypes: ["violations"] });
    return found.violations.map((one) => [
      one.id, one.nodes.length, one.nodes[0].html.slice(0, 160), one.nodes[0].failureSummary,
    ]);
  },

  shown(element) {
    return element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  },

  name(element) {
    const place = element.className && element.className.baseVal === undefined
      ? `.${element.className}` : "";
    return `${element.tagName.toLowerCase()}${place} ${element.textContent.trim().slice(0, 40)}`;
  },

  // Elements that stick out to the right, and whether the page itself can be moved sideways.
  overflow() {
    const root = document.documentElement, wide = [];
    for (const element of document.body.querySelectorAll("*")) {
      const unseen = element.closest(".unseen, .skip, svg svg, defs");
      if (!unseen && this.shown(element) && element.getBoundingClientRect().right > root.clientWidth + 0.5)
        wide.push(this.name(element));
    }
    return root.scrollWidth > root.clientWidth ? ["the page itself", ...wide] : wide;
  },

  // Everything a keyboard should reach, in the order of the page.
  interactive() {
    const all = document.querySelectorAll("a[href], button, input, select, textarea, summary");
    return [...all].filter((e) => this.shown(e) && e.tabIndex >= 0).map((e) => this.name(e));
  },

  luminance(colour) {
    const part = (n) => (n / 255 <= 0.04045 ? n / 255 / 12.92 : ((n / 255 + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = colour.match(/[\d.]+/g).map(Number);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  },

  contrast(one, other) {
    const [low, high] = [this.luminance(one), this.luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  },

  ground(element) {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
    return "rgb(255, 255, 255)";
  },

  // What has the focus: its name, and what is wrong with how that is shown; null: nothing.
  focused() {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const style = getComputedStyle(element), box = element.getBoundingClientRect(), wrong = [];
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) wrong.push("no outline");
    else if (this.contrast(style.outlineColor, this.ground(element.parentElement)) < 3)
      wrong.push("faint outline");
    if (box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth)
      wrong.push("out of sight");
    return { name: this.name(element), wrong };
  },

  // Elements that move by themselves or when touched.
  moving() {
    const moves = [...document.querySelectorAll("*")].filter((element) => {
      const style = getComputedStyle(element);
      return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0
        || style.scrollBehavior === "smooth";
    });
    return [...moves.map((e) => this.name(e)), ...document.getAnimations().map(String)];
  },

  // Every run of words that is shown: [words, the element around it].
  texts() {
    const all = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const words = texts.currentNode.textContent.trim(), parent = texts.currentNode.parentElement;
      if (words && this.shown(parent) && !parent.closest(".unseen, .skip, style, script"))
        all.push([words.slice(0, 60), parent]);
    }
    return all;
  },

  // Words whose contrast with what is behind them is under 4.5: [words, contrast]. Paper is white,
  // since browsers leave backgrounds out when they print.
  faint() {
    const ground = (e) => (matchMedia("print").matches ? "rgb(255, 255, 255)" : this.ground(e));
    return this.texts()
      .map(([words, e]) => [words, this.contrast(getComputedStyle(e).color, ground(e))])
      .filter(([, contrast]) => contrast < 4.5);
  },

  // The size that all others hang on, in CSS pixels.
  type_size() {
    return parseFloat(getComputedStyle(document.documentElement).fontSize);
  },

  // The smallest type a reader meets: [CSS pixels, words].
  smallest() {
    const sizes = this.texts().map(([words, e]) => [parseFloat(getComputedStyle(e).fontSize), words]);
    return sizes.sort((one, other) => one[0] - other[0])[0];
  },

  // Whether a font is on this machine: text is as wide whatever it would fall back on.
  has_font(name) {
    const ruler = document.createElement("canvas").getContext("2d");
    const [one, other] = ["monospace", "serif"].map((fallback) => {
      ruler.font = `72px "${name}", ${fallback}`;
      return ruler.measureText("imperfect").width;
    });
    return one === other;
  },

  // Lines, letters and words set as wide apart as WCAG 1.4.12 lets a reader set them.
  space_out() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
      word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`);
    document.adoptedStyleSheets = [sheet];
  },

  // Milliseconds from the first request: words on the screen, and all of it loaded.
  async timings() {
    const painted = () => performance.getEntriesByName("first-contentful-paint")[0];
    while (!painted()) await new Promise((done) => setTimeout(done, 20));
    return [painted().startTime, performance.getEntriesByType("navigation")[0].loadEventEnd];
  },

  // All that can be read without opening anything, a line each.
  lines() {
    return document.body.innerText.split("\n").map((line) => line.trim()).filter(Boolean);
  },
})
