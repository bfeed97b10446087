// The map of Symap: a bundled background drawn once, and one overlay that is swapped whole when an answer changes.
(function () {
  "use strict";

  const HIT_PX = 26;
  const LEAST_CIRCLE_PX = 9;
  const ARROW_EVERY_PX = 110;
  // Names of countries give way to records and towns of a city's size, not to villages.
  const COUNTRY_RANK = 22;
  const PANES = { land: 150, picture: 240, borders: 250, areas: 300, lines: 400, circles: 450, hits: 500, dots: 510, labels: 640 };
  const symbols = window.symapSymbols;

  // Leaflet rounds to whole pixels, which makes a large circle wobble; these outlines keep their fractions.
  const exact = {
    _projectLatlngs(latlngs, result, bounds) {
      if (!(latlngs[0] instanceof L.LatLng)) {
        latlngs.forEach((part) => this._projectLatlngs(part, result, bounds));
        return;
      }
      const origin = this._map.getPixelOrigin();
      const points = latlngs.map((latlng) => this._map.project(latlng)._subtract(origin));
      points.forEach((point) => bounds.extend(point));
      result.push(points);
    },
  };
  const ExactPolygon = L.Polygon.extend(exact);
  const ExactLine = L.Polyline.extend(exact);

  const latlngs = (line) => line.map(([lon, lat]) => L.latLng(lat, lon));
  const rings = (polygon) => polygon.map(latlngs);

  function renderer(map, name) {
    map.symap.renderers[name] = map.symap.renderers[name] || L.svg({ pane: `symap-${name}`, padding: 0.3 });
    return map.symap.renderers[name];
  }

  function still(map, pane, className, more) {
    const name = `symap-${pane}`;
    return { pane: name, renderer: renderer(map, pane), interactive: false, className, ...more };
  }

  // ---- background -------------------------------------------------------------------------------------------

  function polygonsOf(geometry) {
    return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  }

  function drawLand(map, feature, home) {
    const { kind, country } = feature.properties;
    const parts = polygonsOf(feature.geometry).map(rings);
    const water = kind === "water";
    const tone = water ? "water" : kind === "exclave" ? "enclave" : country === home ? "home" : "abroad";
    const className = `symap-land symap-land-${tone}`;
    const land = L.polygon(parts, still(map, "land", className, { stroke: false, smoothFactor: 0.5 })).addTo(map);
    if (tone === "enclave") land.getElement().style.fill = "url(#symap-hatch)";
    if (!water) map.symap.lands.push({ id: feature.properties.id, kind, rings: parts.flat() });
  }

  function drawBoundary(map, geometry) {
    const lines = geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates;
    const options = { smoothFactor: 0.5, weight: 1.4, lineCap: "butt" };
    L.polyline(lines.map(latlngs), still(map, "borders", "symap-halo-line", { ...options, weight: 4 })).addTo(map);
    L.polyline(lines.map(latlngs), still(map, "borders", "symap-border", { ...options, dashArray: "9 3 1.6 3" })).addTo(map);
  }

  const Note = L.Control.extend({
    onAdd() {
      this.box = L.DomUtil.create("div", "symap-note");
      L.DomEvent.disableClickPropagation(this.box);
      return this.box;
    },
    say(parts) {
      this.box.replaceChildren();
      parts.forEach((part, index) => {
        if (index) this.box.append(" · ");
        const node = document.createElement(part.href ? "a" : "span");
        node.textContent = part.text;
        if (part.href && part.href.startsWith("https://")) {
          Object.assign(node, { href: part.href, target: "_blank", rel: "noopener noreferrer" });
        }
        this.box.append(node);
      });
    },
  });

  const Scale = L.Control.Scale.extend({
    _updateMetric(maxMetres) {
      const metres = this._getRoundNum(maxMetres);
      const { km, m } = this._map.symap.words;
      const text = metres < 1000 ? `${metres}\u00a0${m}` : `${metres / 1000}\u00a0${km}`;
      this._updateScale(this._mScale, "", metres / maxMetres);
      this._mScale.textContent = text;
    },
  });

  window.symapBase = function symapBase(map, home) {
    map.symap = { renderers: {}, lands: [], words: { km: "km", m: "m" }, view: "", tiles: null, picture: null };
    for (const [name, level] of Object.entries(PANES)) {
      const pane = map.createPane(`symap-${name}`);
      pane.style.zIndex = level;
      if (name !== "hits") pane.style.pointerEvents = "none";
    }
    map.getPane("symap-labels").classList.add("leaflet-zoom-hide");
    const container = map.getContainer();
    container.classList.add("symap");
    // A press brings the focus to the map. Were the page scrolled to show it whole, the pointer would miss what it pressed.
    const focus = container.focus.bind(container);
    container.focus = () => focus({ preventScroll: true });
    symbols.hatches(map, { enclave: "none", hatch: "none" });
    const features = (window.SYMAP_BACKGROUND || { features: [] }).features;
    const areas = features.filter(({ geometry }) => geometry.type.endsWith("Polygon"));
    const order = { mainland: 0, exclave: 1, water: 2 };
    areas.sort((a, b) => (order[a.properties.kind] || 0) - (order[b.properties.kind] || 0));
    areas.forEach((feature) => drawLand(map, feature, home));
    features.filter(({ geometry }) => geometry.type.endsWith("LineString")).forEach((line) => drawBoundary(map, line.geometry));
    map.symap.note = new Note({ position: "bottomright" }).addTo(map);
    map.symap.scale = new Scale({ position: "bottomleft", imperial: false, maxWidth: 120 }).addTo(map);
    // Style sheets may arrive after the map: what was placed without them is placed again.
    document.querySelectorAll('link[rel="stylesheet"]').forEach((link) => {
      if (!link.sheet) link.addEventListener("load", () => map.fire("symap:again"));
    });
    new ResizeObserver(() => map.invalidateSize({ animate: false, pan: false })).observe(map.getContainer());
  };

  // ---- what the page decides: colours, words, view, online background ----------------------------------------

  function applyTheme(map, theme, palette) {
    const container = map.getContainer();
    container.dataset.symapTheme = theme;
    for (const [name, value] of Object.entries(palette)) container.style.setProperty(`--symap-${name}`, value);
    symbols.hatches(map, palette);
  }

  function applyWords(map, words, note) {
    map.symap.words = words;
    map.symap.note.say(note);
    map.symap.scale._update();
    const container = map.getContainer();
    container.setAttribute("role", "region");
    container.setAttribute("aria-label", words.map);
    container.lang = words.lang;
    for (const [name, text] of [["in", words.zoomIn], ["out", words.zoomOut]]) {
      const button = container.querySelector(`.leaflet-control-zoom-${name}`);
      if (button) Object.assign(button, { title: text, ariaLabel: text });
    }
  }

  function applyView(map, view) {
    const wanted = JSON.stringify(view);
    if (!view || wanted === map.symap.view) return;
    if (!map.getSize().x) {
      map.once("resize", () => applyView(map, view));
      return;
    }
    map.symap.view = wanted;
    if (view.bounds) {
      const [west, south, east, north] = view.bounds;
      // An answer on roads of elsewhere lies beyond the ground that is bundled.
      const limits = map.options.maxBounds;
      if (limits && !L.latLngBounds(limits).intersects([[south, west], [north, east]])) map.setMaxBounds(null);
      map.fitBounds([[south, west], [north, east]], { animate: false, padding: [14, 14], maxZoom: view.zoom });
    } else {
      map.setView([view.lat, view.lon], view.zoom, { animate: false });
    }
  }

  // Tiles lie over the bundled land and under everything else, so where they fail the land stays visible.
  function applyTiles(map, tiles, note, sorry) {
    const { symap } = map;
    const wanted = tiles ? tiles.url : null;
    if (symap.tiles && symap.tiles._url === wanted) return;
    if (symap.tiles) symap.tiles.remove();
    symap.tiles = null;
    map.getContainer().dataset.symapTiles = wanted ? "loading" : "off";
    if (!wanted) return;
    let arrived = 0;
    symap.tiles = L.tileLayer(wanted, { maxZoom: 19, attribution: "" });
    symap.tiles.on("tileload", () => {
      arrived += 1;
      map.getContainer().dataset.symapTiles = "on";
    });
    symap.tiles.on("tileerror", () => {
      if (arrived) return;
      map.getContainer().dataset.symapTiles = "failed";
      symap.note.say([{ text: sorry }, ...note]);
    });
    symap.tiles.addTo(map);
  }

  // A picture lies on the land and the tiles, under borders and answers. It stays while its address stays, and an old
  // one goes when the new one is there, so that nothing flickers while a radius is dragged.
  function applyPicture(map, picture) {
    const { symap } = map;
    const old = symap.picture;
    const wanted = picture ? picture.url : null;
    if ((old ? old._url : null) === wanted) return;
    symap.picture = null;
    map.getContainer().dataset.symapPicture = wanted ? "loading" : "off";
    const away = () => old && old.remove();
    if (!wanted) {
      away();
      return;
    }
    const [west, south, east, north] = picture.bounds;
    const options = { pane: "symap-picture", className: "symap-picture", opacity: 0.82, interactive: false, alt: "" };
    symap.picture = L.imageOverlay(wanted, [[south, west], [north, east]], options);
    symap.picture.on("load", () => {
      map.getContainer().dataset.symapPicture = "on";
      away();
    });
    symap.picture.on("error", () => {
      map.getContainer().dataset.symapPicture = "failed";
      away();
    });
    symap.picture.addTo(map);
  }

  // ---- overlay ------------------------------------------------------------------------------------------------

  function tooltip(layer, feature) {
    const lines = [feature.label, ...(feature.tip || "").split("\n")].filter(Boolean);
    if (!lines.length) return;
    const options = { className: "symap-tip", direction: "top", offset: [0, -8], opacity: 1, sticky: false };
    layer.bindTooltip(symbols.textBlock("symap-tip-text", lines), options);
  }

  // A click reports which record was meant; the time makes a second click on the same record a new one.
  function pickable(layer, feature, table) {
    layer.toGeoJSON = () => ({
      type: "Feature",
      properties: { id: feature.id, table: feature.t || table, group: feature.ids || [], at: Date.now() },
      geometry: null,
    });
    tooltip(layer, feature);
    return layer;
  }

  function mark(map, out, feature, style, table) {
    const [lon, lat] = feature.g[1];
    const shift = feature.shift || 0;
    const name = [feature.label, feature.label2, feature.tip].filter(Boolean).join(", ");
    const marker = L.marker([lat, lon], {
      icon: symbols.markIcon(style, { letter: feature.letter, shift }),
      keyboard: Boolean(feature.id),
      interactive: Boolean(feature.id),
      bubblingMouseEvents: false,
      riseOnHover: true,
      zIndexOffset: style.rise || 0,
    });
    marker.on("add", () => {
      const element = marker.getElement();
      element.setAttribute("aria-label", name);
      if (feature.id) {
        L.DomEvent.on(element, "keydown", (event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          L.DomEvent.stop(event);
          marker.fire("click", { latlng: marker.getLatLng() }, true);
        });
      }
    });
    if (feature.id) pickable(marker, feature, table);
    out.group.addLayer(marker);
    const clear = (style.size || 20) / 2 - 1;
    out.marks.push({ latlng: marker.getLatLng(), clear, shift, zoom: 0, rank: feature.p || 0 });
  }

  function dot(map, out, feature, style, table) {
    const [lon, lat] = feature.g[1];
    const radius = feature.r || 3;
    const seen = L.circleMarker([lat, lon], {
      ...still(map, "dots", "symap-dot"),
      radius,
      color: style.stroke,
      weight: style.weight,
      fillColor: style.fill,
      fillOpacity: 1,
    });
    const hit = L.circleMarker([lat, lon], {
      pane: "symap-hits",
      renderer: renderer(map, "hits"),
      className: "symap-hit-fill",
      radius: HIT_PX / 2,
      stroke: false,
      bubblingMouseEvents: false,
    });
    pickable(hit, feature, table);
    out.dots.push({ zoom: feature.z || 0, layers: [seen, hit], shown: false });
  }

  // The circle in which a record lies. Far out it keeps a least size, so that the record is not lost.
  const ErrorCircle = L.Circle.extend({
    _project() {
      L.Circle.prototype._project.call(this);
      this._radius = Math.max(this._radius, LEAST_CIRCLE_PX);
      this._radiusY = Math.max(this._radiusY || this._radius, LEAST_CIRCLE_PX);
      this._updateBounds();
    },
  });

  function circle(map, out, feature, style, table) {
    const [lon, lat, radius] = feature.g[1];
    const seen = { color: style.stroke, weight: style.weight, dashArray: style.dash, fillColor: style.fill, fillOpacity: style.opacity };
    out.group.addLayer(new ErrorCircle([lat, lon], { ...still(map, "circles", "symap-circle"), radius, ...seen }));
    const hit = new ErrorCircle([lat, lon], {
      pane: "symap-hits",
      renderer: renderer(map, "hits"),
      className: "symap-hit-stroke",
      radius,
      weight: HIT_PX,
      opacity: 0,
      fill: false,
      bubblingMouseEvents: false,
    });
    out.group.addLayer(pickable(hit, feature, table));
  }

  function line(map, out, feature, style, table) {
    const parts = feature.g[1].map(latlngs);
    const shape = { weight: style.weight, dashArray: style.dash, lineJoin: "round", smoothFactor: 0.6 };
    if (style.casing) {
      const under = { ...shape, dashArray: null, weight: style.weight + 4, color: style.casing };
      out.group.addLayer(L.polyline(parts, { ...still(map, "lines", "symap-casing"), ...under }));
    }
    out.group.addLayer(L.polyline(parts, { ...still(map, "lines", "symap-line"), ...shape, color: style.stroke }));
    if (style.arrows) parts.forEach((part) => out.arrows.push({ part, style }));
    if (!feature.id) return;
    const hit = L.polyline(parts, {
      pane: "symap-hits",
      renderer: renderer(map, "hits"),
      className: "symap-hit-stroke",
      weight: HIT_PX,
      opacity: 0,
      smoothFactor: 0.6,
      bubblingMouseEvents: false,
    });
    // A press must not bring the focus: the browser would scroll the whole line into view, away from the pointer.
    hit.on("add", () => L.DomEvent.on(hit.getElement(), "mousedown", L.DomEvent.preventDefault));
    out.group.addLayer(pickable(hit, feature, table));
  }

  function area(map, out, feature, style) {
    const parts = feature.g[1].map(rings);
    const fill = { stroke: false, fillColor: style.fill, fillOpacity: feature.o || style.opacity, smoothFactor: 0.4 };
    out.group.addLayer(new ExactPolygon(parts, { ...still(map, "areas", "symap-area"), ...fill }));
    const edge = { color: style.stroke, weight: style.weight, dashArray: style.dash, smoothFactor: 0.4 };
    parts.forEach(([outer]) => {
      out.group.addLayer(new ExactLine([...outer, outer[0]], { ...still(map, "areas", "symap-edge"), ...edge }));
    });
  }

  const DRAW = { mark, dot, circle, line, area, text() {} };

  function label(out, feature, style) {
    if (!feature.label || !style.label) return;
    const [kind, coordinates] = feature.g;
    if (kind !== "P" && kind !== "C") return;
    const town = style.kind === "dot";
    const size = feature.r >= 4.5 ? "city" : feature.r >= 3.5 ? "town" : "village";
    const latlng = L.latLng(coordinates[1], coordinates[0]);
    const there = out.marks.filter((one) => one.latlng.equals(latlng)).map((one) => one.clear + Math.abs(one.shift));
    out.labels.push({
      latlng,
      text: feature.label,
      sub: feature.label2,
      kind: town ? size : style.label,
      anchor: style.kind === "text" ? "centre" : "beside",
      clear: Math.max(town ? feature.r : LEAST_CIRCLE_PX, ...there),
      metres: kind === "C" ? coordinates[2] : 0,
      far: style.kind === "mark" ? 16 : feature.r >= 3.5 ? 13 : 0,
      land: style.label === "area" ? feature.id : undefined,
      subZoom: feature.z2 || 0,
      rank: feature.p || 0,
      zoom: feature.z || 0,
    });
  }

  // Marks that share one point stand side by side.
  function spread(layers, styles) {
    const together = new Map();
    for (const feature of layers.flatMap((layer) => layer.features)) {
      if (styles[feature.s].kind !== "mark") continue;
      const point = feature.g[1].join();
      together.set(point, [...(together.get(point) || []), feature]);
    }
    for (const features of together.values()) {
      features.forEach((feature, index) => {
        feature.shift = (index - (features.length - 1) / 2) * 21;
      });
    }
  }

  function arrows(map, out) {
    out.arrowLayer.clearLayers();
    const view = map.getPixelBounds();
    for (const { part, style } of out.arrows) {
      const points = part.map((latlng) => map.project(latlng));
      let left = ARROW_EVERY_PX / 2;
      for (let i = 1; i < points.length; i += 1) {
        const step = points[i].subtract(points[i - 1]);
        const length = Math.hypot(step.x, step.y);
        while (left < length) {
          const at = points[i - 1].add(step.multiplyBy(left / length));
          if (view.contains(at)) {
            const icon = symbols.arrowIcon(style, (Math.atan2(step.y, step.x) * 180) / Math.PI);
            out.arrowLayer.addLayer(L.marker(map.unproject(at), { icon, interactive: false, keyboard: false }));
          }
          left += ARROW_EVERY_PX;
        }
        left -= length;
      }
    }
  }

  function refresh(map, out) {
    const zoom = map.getZoom();
    for (const one of out.dots) {
      const shown = zoom >= one.zoom;
      if (shown === one.shown) continue;
      one.layers.forEach((layer) => (shown ? out.group.addLayer(layer) : out.group.removeLayer(layer)));
      one.shown = shown;
    }
    arrows(map, out);
    window.symapLabels.layout(map, map.getPane("symap-labels"), out.labels, out.marks, map.symap.lands);
  }

  function count(layers) {
    const counts = {};
    layers.flatMap((layer) => layer.features).forEach(({ s }) => {
      counts[s] = (counts[s] || 0) + 1;
    });
    return counts;
  }

  window.symapDraw = function symapDraw(group, map, page) {
    // The component keeps every group it ever drew; those it has taken off the map may go.
    if (window.feature_group) window.feature_group.length = 0;
    const container = map.getContainer();
    if (page.height && container.clientHeight !== page.height) container.style.height = `${page.height}px`;
    map.invalidateSize({ animate: false, pan: false });
    applyTheme(map, page.theme, page.palette);
    applyWords(map, page.words, page.note);
    applyTiles(map, page.tiles, page.note, page.words.noTiles);
    applyPicture(map, page.picture);
    const out = { group, dots: [], marks: [], labels: [], arrows: [], arrowLayer: L.layerGroup() };
    spread(page.layers, page.styles);
    for (const layer of page.layers) {
      for (const feature of layer.features) {
        const style = page.styles[feature.s];
        DRAW[style.kind](map, out, feature, style, layer.t);
      }
    }
    page.layers.flatMap(({ features }) => features).forEach((feature) => label(out, feature, page.styles[feature.s]));
    for (const { id } of map.symap.lands) {
      const text = page.countries[id];
      if (text) out.labels.push({ text, land: id, kind: "country", anchor: "centre", rank: COUNTRY_RANK, zoom: 0 });
    }
    out.labels.sort((a, b) => b.rank - a.rank);
    group.addLayer(out.arrowLayer);
    const again = () => refresh(map, out);
    group.on("add", () => {
      map.on("moveend resize symap:again", again);
      applyView(map, page.view);
      again();
      container.dataset.symapFeatures = JSON.stringify(count(page.layers));
    });
    group.on("remove", () => {
      map.off("moveend resize symap:again", again);
      map.getPane("symap-labels").replaceChildren();
    });
  };
})();
