// Shapes of the map: marks, hatches and the text helpers they share. Colours come from the page, never from here.
(function () {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";

  function svg(tag, attributes, parent) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== null) element.setAttribute(name, String(value));
    }
    if (parent) parent.appendChild(element);
    return element;
  }

  // A diagonal hatch per colour, kept in one hidden drawing of the map.
  function hatches(map, palette) {
    const old = map.getContainer().querySelector(".symap-defs");
    if (old) old.remove();
    const root = svg("svg", { class: "symap-defs", width: 0, height: 0, "aria-hidden": "true" }, map.getContainer());
    const defs = svg("defs", {}, root);
    const pattern = svg(
      "pattern",
      { id: "symap-hatch", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      defs,
    );
    svg("rect", { width: 7, height: 7, fill: palette.enclave }, pattern);
    svg("line", { x1: 0, y1: 0, x2: 0, y2: 7, stroke: palette.hatch, "stroke-width": 1.6 }, pattern);
  }

  // The icon of a mark: the same paths that the legend shows, inside a target large enough for a thumb.
  function markIcon(style, options) {
    const target = 30;
    const size = style.size || 20;
    const box = document.createElement("div");
    const drawing = svg("svg", { viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true" }, box);
    svg(
      "path",
      {
        d: style.d,
        fill: style.fill,
        "fill-opacity": style.opacity,
        stroke: style.stroke,
        "stroke-width": style.weight,
        "stroke-dasharray": style.dash,
        "stroke-linejoin": "round",
      },
      drawing,
    );
    if (style.extra) {
      svg("path", { d: style.extra, fill: "none", stroke: style.ink, "stroke-width": 1.8, "stroke-linecap": "round" }, drawing);
    }
    if (options.letter) {
      const letter = svg(
        "text",
        { x: 12, y: 16.4, "text-anchor": "middle", "font-size": 12.5, "font-weight": 700, fill: style.ink },
        drawing,
      );
      letter.textContent = options.letter;
    }
    return L.divIcon({
      html: box,
      className: "symap-mark",
      iconSize: [target, target],
      iconAnchor: [target / 2 - options.shift, target / 2],
    });
  }

  // An arrowhead along a route; the angle is in degrees clockwise from east.
  function arrowIcon(style, angle) {
    const box = document.createElement("div");
    const drawing = svg("svg", { viewBox: "-9 -9 18 18", width: 18, height: 18, "aria-hidden": "true" }, box);
    const shape = { d: "M-5 -6L7 0L-5 6L-2.5 0Z", transform: `rotate(${angle})`, "stroke-linejoin": "round" };
    svg("path", { ...shape, fill: style.stroke, stroke: style.casing, "stroke-width": 1.4 }, drawing);
    return L.divIcon({ html: box, className: "symap-arrow", iconSize: [18, 18], iconAnchor: [9, 9] });
  }

  // Break a text into lines of about the given length; the last one ends in an ellipsis when there is more.
  function wrap(text, length, lines) {
    const result = [""];
    for (const word of text.split(" ")) {
      const last = result.length - 1;
      const longer = result[last] ? `${result[last]} ${word}` : word;
      if (longer.length <= length || !result[last]) result[last] = longer;
      else result.push(word);
    }
    const cut = result.map((line) => (line.length > length + 8 ? `${line.slice(0, length + 7)}…` : line));
    if (cut.length > lines) {
      cut.length = lines;
      cut[lines - 1] += "…";
    }
    return cut;
  }

  // Text goes into the page as text: nothing in it is ever read as markup.
  function textBlock(className, lines) {
    const block = document.createElement("div");
    block.className = className;
    for (const line of lines) {
      const row = document.createElement("div");
      row.textContent = line;
      block.appendChild(row);
    }
    return block;
  }

  window.symapSymbols = { hatches, markIcon, arrowIcon, wrap, textBlock };
})();
