// Names on the map: placed greedily by importance so that none covers another, and countries named within the view.
(function () {
  "use strict";

  const GAP_PX = 2;
  const GRID = [18, 12];
  const LEAST_CELLS = { mainland: 9, exclave: 3 };
  const SPOTS_TRIED = 10;
  // The same name is not said twice within this distance.
  const SAME_PX = 60;
  // A label may cover a mark that ranks lower than itself by this much.
  const YIELD = 60;
  const FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';
  const FONTS = {
    mark: { font: `600 12.5px ${FAMILY}`, line: 15 },
    area: { font: `italic 600 12.5px ${FAMILY}`, line: 15 },
    country: { font: `600 12px ${FAMILY}`, line: 16, spacing: 2.6 },
    ring: { font: `700 11.5px ${FAMILY}`, line: 15, pad: 4 },
    town: { font: `500 12px ${FAMILY}`, line: 14 },
    city: { font: `600 13px ${FAMILY}`, line: 15 },
    village: { font: `400 11px ${FAMILY}`, line: 13 },
  };
  const SUB = { font: `400 11px ${FAMILY}`, line: 13 };
  const pen = document.createElement("canvas").getContext("2d");

  function width(lines, font) {
    pen.font = font.font;
    return Math.max(...lines.map((line) => pen.measureText(line).width + (font.spacing || 0) * line.length));
  }

  // Build the element of a label, and remember its size until its second line comes or goes.
  function prepare(label, zoom) {
    const detailed = Boolean(label.sub) && zoom >= label.subZoom;
    if (label.box && label.detailed === detailed) return;
    if (label.box) label.box.remove();
    label.detailed = detailed;
    const font = FONTS[label.kind];
    const main = window.symapSymbols.wrap(label.text, label.kind === "mark" ? 26 : 34, 3);
    const sub = detailed ? window.symapSymbols.wrap(label.sub, 32, 3) : [];
    label.box = window.symapSymbols.textBlock(`symap-label symap-label-${label.kind}`, main);
    label.box.setAttribute("aria-hidden", "true");
    for (const line of sub) {
      const row = document.createElement("div");
      row.className = "symap-sub";
      row.textContent = line;
      label.box.appendChild(row);
    }
    const pad = font.pad || 0;
    label.width = Math.ceil(Math.max(width(main, font), sub.length ? width(sub, SUB) : 0)) + 2 + 2 * pad;
    label.height = main.length * font.line + sub.length * SUB.line;
  }

  // Top left corners to try, best first. A name may stand a little off its mark where there is no room beside it.
  function corners(label, point, clear) {
    const { width: w, height: h } = label;
    const { x, y } = point;
    if (label.anchor === "centre") return [[x - w / 2, y - h / 2]];
    const around = (d) => [
      [x + d, y - h / 2],
      [x - d - w, y - h / 2],
      [x - w / 2, y - d - h],
      [x - w / 2, y + d],
      [x + d * 0.7, y - h - d * 0.4],
      [x + d * 0.7, y + d * 0.4],
      [x - w - d * 0.7, y - h - d * 0.4],
      [x - w - d * 0.7, y + d * 0.4],
    ];
    const near = around(clear + 2);
    if (label.metres) return [near[3], near[2], near[0], near[1], [x - w / 2, y + 14], ...around(clear + 14)];
    return label.far ? [...near, ...around(clear + label.far)] : near;
  }

  function free(box, placed, size, rank) {
    if (box[0] < 4 || box[1] < 4 || box[2] > size.x - 4 || box[3] > size.y - 4) return false;
    return !placed.some(
      (other) =>
        rank < other[4] + YIELD && box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1],
    );
  }

  function place(label, points, clear, placed, size) {
    for (const [left, top] of points.flatMap((point) => corners(label, point, clear))) {
      const box = [left - GAP_PX, top - GAP_PX, left + label.width + GAP_PX, top + label.height + GAP_PX, Infinity];
      if (free(box, placed, size, label.rank)) {
        placed.push(box);
        return [left, top];
      }
    }
    return null;
  }

  function inside(ring, x, y) {
    let odd = false;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const a = ring[i];
      const b = ring[j];
      if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) odd = !odd;
    }
    return odd;
  }

  // Where each country shows most room: the cell of a coarse grid that lies farthest from its border and the frame.
  function countrySpots(map, lands) {
    const size = map.getSize();
    const [columns, rows] = GRID;
    const cell = [size.x / columns, size.y / rows];
    const owner = new Array(columns * rows).fill(null);
    for (const land of lands) {
      const rings = land.rings.map((ring) => ring.map((latlng) => map.latLngToContainerPoint(latlng)));
      for (let k = 0; k < owner.length; k += 1) {
        const x = ((k % columns) + 0.5) * cell[0];
        const y = (Math.floor(k / columns) + 0.5) * cell[1];
        if (rings.reduce((odd, ring) => odd !== inside(ring, x, y), false)) owner[k] = land.id;
      }
    }
    const spots = {};
    for (const land of lands) {
      const cells = owner.flatMap((id, k) => (id === land.id ? [k] : []));
      if (cells.length < LEAST_CELLS[land.kind]) continue;
      const rooms = cells.map((k) => {
        const column = k % columns;
        const row = Math.floor(k / columns);
        let room = Math.min(column + 0.6, columns - column - 0.4, (row + 0.6) * 1.4, (rows - row - 0.4) * 1.4);
        for (let other = 0; other < owner.length; other += 1) {
          if (owner[other] === land.id) continue;
          const away = Math.hypot((other % columns) - column, (Math.floor(other / columns) - row) * 1.4);
          if (away < room) room = away;
        }
        return [room, L.point((column + 0.5) * cell[0], (row + 0.5) * cell[1])];
      });
      rooms.sort((a, b) => b[0] - a[0]);
      spots[land.id] = rooms.slice(0, SPOTS_TRIED).map(([, point]) => point);
    }
    return spots;
  }

  // What no label may cover: the controls in the corners of the frame.
  function controls(map) {
    const frame = map.getContainer().getBoundingClientRect();
    return [...map.getContainer().querySelectorAll(".leaflet-control")].map((control) => {
      const box = control.getBoundingClientRect();
      return [box.left - frame.left, box.top - frame.top, box.right - frame.left, box.bottom - frame.top, Infinity];
    });
  }

  // Show the labels that fit. `marks` are points with a size that a label keeps clear of.
  function layout(map, pane, labels, marks, lands) {
    const size = map.getSize();
    const zoom = map.getZoom();
    const placed = controls(map);
    for (const mark of marks) {
      if (zoom < mark.zoom) continue;
      const { x, y } = map.latLngToContainerPoint(mark.latlng);
      const left = x + mark.shift - mark.clear;
      placed.push([left, y - mark.clear, left + 2 * mark.clear, y + mark.clear, mark.rank]);
    }
    const spots = countrySpots(map, lands);
    const said = [];
    for (const label of labels) {
      const point = label.latlng && zoom >= label.zoom ? map.latLngToContainerPoint(label.latlng) : null;
      const near = point && point.x > -60 && point.y > -60 && point.x < size.x + 60 && point.y < size.y + 60;
      const points = [...(near ? [point] : []), ...((zoom >= label.zoom && spots[label.land]) || [])];
      const twice = points.length && said.some(([text, at]) => text === label.text && at.distanceTo(points[0]) < SAME_PX);
      if (points.length && !twice) prepare(label, zoom);
      const at = twice ? null : place(label, points, near ? clearance(map, label, point) : 0, placed, size);
      if (at) said.push([label.text, points[0]]);
      show(map, pane, label, at);
    }
  }

  // How far from its point a label begins: beyond the marks there, or beyond the edge of its circle.
  function clearance(map, label, point) {
    if (!label.metres) return label.clear;
    const edge = L.latLng(label.latlng.lat + label.metres / 111320, label.latlng.lng);
    return Math.max(label.clear, point.y - map.latLngToContainerPoint(edge).y);
  }

  function show(map, pane, label, at) {
    if (!at) {
      if (label.box) label.box.remove();
      return;
    }
    L.DomUtil.setPosition(label.box, map.containerPointToLayerPoint(at).round());
    pane.appendChild(label.box);
  }

  window.symapLabels = { layout };
})();
