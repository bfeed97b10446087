"use strict";
(() => {
const D = JSON.parse(document.getElementById("data").textContent);
const HOME = D.codes.indexOf("KG");
const STEPS = 1e5, NODE_REACH_M = D.node_reach_m, RAD = Math.PI / 180;
const A = 6378137, F = 1 / 298.257223563, B = A * (1 - F), E2 = F * (2 - F);

// What is not shown at once is made when it is first needed.
const later = (make) => { let made; return () => made || (made = make()); };

// ---- the ellipsoid
function degree(lat) {
  const s = Math.sin(lat * RAD), shrink = 1 - E2 * s * s;
  return [RAD * A / Math.sqrt(shrink) * Math.cos(lat * RAD), RAD * A * (1 - E2) / Math.pow(shrink, 1.5)];
}
// Vincenty's inverse formula: metres and initial bearing in degrees.
function inverse(lon1, lat1, lon2, lat2) {
  if (lon1 === lon2 && lat1 === lat2) return [0, 0];
  const L = (lon2 - lon1) * RAD;
  const u1 = Math.atan((1 - F) * Math.tan(lat1 * RAD)), u2 = Math.atan((1 - F) * Math.tan(lat2 * RAD));
  const su1 = Math.sin(u1), cu1 = Math.cos(u1), su2 = Math.sin(u2), cu2 = Math.cos(u2);
  let lam = L, sl, cl, ss, cs, sigma, c2a, c2m;
  for (let i = 0; i < 60; i++) {
    sl = Math.sin(lam); cl = Math.cos(lam);
    ss = Math.hypot(cu2 * sl, cu1 * su2 - su1 * cu2 * cl);
    if (ss === 0) return [0, 0];
    cs = su1 * su2 + cu1 * cu2 * cl;
    sigma = Math.atan2(ss, cs);
    const sa = cu1 * cu2 * sl / ss;
    c2a = 1 - sa * sa;
    c2m = c2a ? cs - 2 * su1 * su2 / c2a : 0;
    const C = F / 16 * c2a * (4 + F * (4 - 3 * c2a));
    const before = lam;
    lam = L + (1 - C) * F * sa * (sigma + C * ss * (c2m + C * cs * (2 * c2m * c2m - 1)));
    if (Math.abs(lam - before) < 1e-12) break;
  }
  const k = c2a * (A * A - B * B) / (B * B);
  const P = 1 + k / 16384 * (4096 + k * (-768 + k * (320 - 175 * k)));
  const Q = k / 1024 * (256 + k * (-128 + k * (74 - 47 * k)));
  const turn = Q * ss * (c2m + Q / 4 * (cs * (2 * c2m * c2m - 1) - Q / 6 * c2m * (4 * ss * ss - 3) * (4 * c2m * c2m - 3)));
  const bearing = Math.atan2(cu2 * sl, cu1 * su2 - su1 * cu2 * cl) / RAD;
  return [B * P * (sigma - turn), (bearing + 360) % 360];
}
// How far along a straight piece its nearest point lies (0 to 1), and how far away that is, in a local plane.
function project(lon, lat, x0, y0, x1, y1, east, north) {
  const ax = (x0 - lon) * east, ay = (y0 - lat) * north, dx = (x1 - x0) * east, dy = (y1 - y0) * north;
  const square = dx * dx + dy * dy;
  const t = square > 0 ? Math.min(1, Math.max(0, -(ax * dx + ay * dy) / square)) : 0;
  return [t, Math.hypot(ax + t * dx, ay + t * dy)];
}

// ---- borders
const arcs = later(() => D.borders.arcs.map((arc) => {
  const x = [arc[2] / 1000], y = [arc[3] / 1000];
  for (let i = 4, px = arc[2], py = arc[3]; i < arc.length; i += 2) {
    px += arc[i]; py += arc[i + 1];
    x.push(px / 1000); y.push(py / 1000);
  }
  const side = (row) => row < 0 ? -1 : D.borders.codes[row];
  return { left: side(arc[0]), right: side(arc[1]), x, y };
}));
// The country below the nearest border to the north, as its number (-1: none), and metres to the nearest border.
function countryAt(lon, lat) {
  const [east, north] = degree(lat);
  let code = -1, top = Infinity, near = Infinity;
  for (const arc of arcs()) {
    for (let i = 1; i < arc.x.length; i++) {
      const x0 = arc.x[i - 1], y0 = arc.y[i - 1], x1 = arc.x[i], y1 = arc.y[i];
      near = Math.min(near, project(lon, lat, x0, y0, x1, y1, east, north)[1]);
      if ((x0 <= lon) === (x1 <= lon)) continue;
      const y = y0 + (lon - x0) / (x1 - x0) * (y1 - y0);
      if (y >= lat && y < top) { top = y; code = x1 < x0 ? arc.left : arc.right; }
    }
  }
  return { code, near };
}

// ---- roads
const NODE = [];
for (let i = 0, x = 0, y = 0; i < D.net.nodes.length; i += 2) {
  x += D.net.nodes[i]; y += D.net.nodes[i + 1];
  NODE.push([x, y]);
}
let lastTail = 0;
const ROADS = D.net.roads.map((row) => {
  const codes = D.net.countries[row[2]], tail = lastTail += row[0], head = tail + row[1], length = row[5];
  const road = { tail, head, codes, flags: row[3], time: row[4] < 0 ? -1 : 100 * length / row[4], length, x: [], y: [], m: [] };
  const add = (x, y, m) => { road.x.push(x / D.net.steps); road.y.push(y / D.net.steps); road.m.push(m); };
  let [x, y] = NODE[tail], m = 0;
  add(x, y, m);
  for (let i = 6; i < row.length; i += 3) { x += row[i]; y += row[i + 1]; m += row[i + 2]; add(x, y, m); }
  add(...NODE[head], length);
  road.only = new Set(codes).size === 1 ? D.codes.indexOf(codes[0]) : -1;
  return road;
});
const AT = NODE.map(() => []);
ROADS.forEach((road, row) => {
  AT[road.tail].push(row);
  if (road.head !== road.tail) AT[road.head].push(row);
});
function meet(lon, lat, best) {
  const road = ROADS[best.road], i = best.piece, t = best.t;
  const m = road.m[i] + t * (road.m[i + 1] - road.m[i]);
  let node = m <= NODE_REACH_M ? road.tail : road.length - m <= NODE_REACH_M ? road.head : -1;
  if (node < 0) {
    const [near, end] = [road.tail, road.head].map((one) => [inverse(lon, lat, ...NODE[one].map((step) => step / D.net.steps))[0], one]).sort((a, b) => a[0] - b[0])[0];
    if (near <= Math.min(D.node_meet_m, D.snap_m)) node = end;
  }
  const [x, y] = node >= 0 ? NODE[node].map((step) => step / D.net.steps) : [road.x[i] + t * (road.x[i + 1] - road.x[i]), road.y[i] + t * (road.y[i + 1] - road.y[i])];
  return { node, road: node >= 0 ? -1 : best.road, m, d: inverse(lon, lat, x, y)[0] };
}
function snap(lon, lat, country) {
  const [east, north] = degree(lat);
  let all = null, own = null;
  ROADS.forEach((road, row) => {
    for (let i = 0; i + 1 < road.x.length; i++) {
      const [t, d] = project(lon, lat, road.x[i], road.y[i], road.x[i + 1], road.y[i + 1], east, north);
      if (!all || d < all.d) all = { road: row, piece: i, t, d };
      if (road.only === country && country >= 0 && (!own || d < own.d)) own = { road: row, piece: i, t, d };
    }
  });
  if (!all) return { node: -1, road: -1, m: 0, d: Infinity };
  if (country >= 0 && own && ROADS[all.road].only !== country) {
    const home = meet(lon, lat, own);
    if (home.d <= D.snap_m) return home;
  }
  return meet(lon, lat, all);
}
// Shortest ways from a snapped place over the roads that a rule leaves (country -1: all of them).
function tree(start, country) {
  const cost = new Float64Array(NODE.length).fill(Infinity), before = new Int32Array(NODE.length).fill(-1);
  const open = (row) => country < 0 || ROADS[row].only === country;
  const heap = [];
  const push = (c, n) => {
    let i = heap.push([c, n]) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (heap[up][0] <= heap[i][0]) break;
      [heap[up], heap[i]] = [heap[i], heap[up]]; i = up;
    }
  };
  const pop = () => {
    const first = heap[0], last = heap.pop();
    if (heap.length) {
      heap[0] = last;
      for (let i = 0; ;) {
        let low = i; const l = 2 * i + 1, r = l + 1;
        if (l < heap.length && heap[l][0] < heap[low][0]) low = l;
        if (r < heap.length && heap[r][0] < heap[low][0]) low = r;
        if (low === i) break;
        [heap[low], heap[i]] = [heap[i], heap[low]]; i = low;
      }
    }
    return first;
  };
  const reach = (node, c, road) => { if (c < cost[node]) { cost[node] = c; before[node] = road; push(c, node); } };
  if (start.node >= 0) reach(start.node, 0, -1);
  else if (start.road >= 0 && open(start.road)) {
    const road = ROADS[start.road];
    reach(road.tail, start.m, -1);
    reach(road.head, road.length - start.m, -1);
  }
  while (heap.length) {
    const [c, node] = pop();
    if (c > cost[node]) continue;
    for (const row of AT[node]) {
      if (!open(row)) continue;
      const road = ROADS[row];
      reach(road.tail === node ? road.head : road.tail, c + road.length, row);
    }
  }
  return { cost, before, open, start };
}
// The best way of a tree to a snapped place: metres, and the parts of roads driven in order of travel.
function way(found, end) {
  const { cost, before, open, start } = found;
  const parts = [];
  let node = end.node, total = Infinity;
  if (end.node >= 0) total = cost[end.node];
  else if (end.road >= 0 && open(end.road)) {
    const road = ROADS[end.road], tail = cost[road.tail] + end.m, head = cost[road.head] + road.length - end.m;
    if (start.road === end.road && Math.abs(start.m - end.m) <= Math.min(tail, head)) {
      return { m: Math.abs(start.m - end.m), parts: [[road, start.m, end.m]] };
    }
    total = Math.min(tail, head);
    node = tail <= head ? road.tail : road.head;
    parts.push([road, tail <= head ? 0 : road.length, end.m]);
  }
  if (!isFinite(total)) return null;
  for (; before[node] >= 0;) {
    const road = ROADS[before[node]], forward = road.head === node;
    // A loop's ends are one node and it is on no shortest way.
    parts.push(forward ? [road, 0, road.length] : [road, road.length, 0]);
    node = forward ? road.tail : road.head;
  }
  if (start.road >= 0) {
    const road = ROADS[start.road];
    const byTail = road.tail === node && Math.abs(cost[node] - start.m) < 1e-6;
    parts.push([road, start.m, byTail ? 0 : road.length]);
  }
  return { m: total, parts: parts.reverse() };
}
function told(found) {
  let time = 0, winter = false, weak = 0;
  const codes = [];
  for (const [road, from, to] of found.parts) {
    const share = road.length ? Math.abs(to - from) / road.length : 0;
    time = time === null || road.time < 0 ? null : time + road.time * share;
    winter = winter || (share > 0 && road.flags >= 8);
    weak = Math.max(weak, road.flags % 8);
    for (const code of from <= to ? road.codes : [...road.codes].reverse()) {
      if (codes[codes.length - 1] !== code) codes.push(code);
    }
  }
  return { time, winter, evidence: D.evidence[weak], countries: codes };
}

// ---- who takes it
D.records = D.records.rows.map((row) => Object.fromEntries(D.records.keys.map((key, at) => [key, D.records.pooled.includes(key) ? D.records.pool[row[at]] : row[at]])));
// Where roads were drawn coarsely, the page brings along where listed places meet them.
const met = (s) => !s || !s.length ? null : s[0] < 0 ? { node: -1 - s[0], road: -1, m: 0, d: s[2] } : { node: -1, road: s[0], m: s[1], d: s[2] };
D.records.forEach((one) => { one.lon = one.x / STEPS; one.lat = one.y / STEPS; one.snap = met(one.s); });
const takes = (one, waste) => waste === null ? one.w.length > 0 : one.w.includes(waste);
// The nearest of each kind. `place`: lon, lat, country number, and the road node that it is, if any.
function nearest(place, waste) {
  if (waste !== null && D.words.en.still.includes(waste)) return { still: true, points: [], reported: [] };
  const start = place.node >= 0 ? { node: place.node, road: -1, m: 0, d: 0 } : place.met || snap(place.lon, place.lat, place.country);
  const trees = {};
  const grown = (country) => trees[country] || (trees[country] = tree(start, country));
  const all = D.records.filter((one) => takes(one, waste)).map((one) => {
    const same = one.lon === place.lon && one.lat === place.lat;
    one.snap = one.snap || snap(one.lon, one.lat, one.c);
    const rule = place.country >= 0 && place.country === one.c ? place.country : -1;
    const near = one.snap.d <= D.snap_m && start.d <= D.snap_m;
    const found = same ? { m: 0, parts: [] } : near ? way(grown(rule), one.snap) : null;
    const [straight, bearing] = inverse(place.lon, place.lat, one.lon, one.lat);
    const reason = found ? null : !ROADS.length ? "no-network" : !near ? "snap-too-far" : way(grown(-1), one.snap) ? "only-abroad" : "no-road";
    const legs = same ? 0 : start.d + one.snap.d;
    return { one, road: found ? found.m : null, legs, straight, bearing, reason, ...(found ? told(found) : {}) };
  });
  const total = (hit) => hit.road === null ? Infinity : hit.road + hit.legs;
  const sorted = all.sort((a, b) => (total(a) - total(b) || 0) || a.straight - b.straight);
  const pick = (ok) => sorted.filter((hit) => hit.one.ok === ok).slice(0, D.named);
  return { still: false, points: pick(1), reported: pick(0) };
}

// ---- places by name or coordinates
const fold = (text) => text.toLowerCase().normalize("NFC").replace(/й/g, "и").replace(/[өүң]/g, (c) => ({ "ө": "о", "ү": "у", "ң": "н" })[c])
  .replace(/ё/g, "е").normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "").replace(/[ʻʼ]/g, "");
const places = later(() => {
  const P = D.places;
  let x = 0, y = 0;
  return P.en.map((en, i) => {
    x += P.x[i]; y += P.y[i];
    const names = { en, ru: P.ru[i], ky: P.ky[i] };
    const spellings = [en, P.ru[i], P.ky[i], ...P.o[i].split(";")].filter(Boolean);
    return { lon: x / STEPS, lat: y / STEPS, country: P.c[i], error: P.e[i], node: P.n[i], names, spellings, area: P.a[i] < 0 ? null : P.areas[P.a[i]], met: met(P.s && P.s[i]) };
  });
});
let folded = null;
function distance(a, b, limit) {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] !== b[j - 1])));
    row = next;
  }
  return row[b.length];
}
// Places whose name is, begins with or holds what was typed; failing that, those spelt almost so.
function search(text) {
  const wanted = fold(text);
  if (!wanted) return { sure: true, rows: [] };
  folded = folded || places().map((place) => [...new Set(place.spellings.flatMap((name) => [name, ...name.split(/[([\])]/)]).map(fold).filter(Boolean))]);
  const rank = (names, test) => names.some(test);
  const found = [[], [], []];
  folded.forEach((names, row) => {
    if (rank(names, (name) => name === wanted)) found[0].push(row);
    else if (rank(names, (name) => name.startsWith(wanted))) found[1].push(row);
    else if (wanted.length > 2 && rank(names, (name) => name.includes(wanted))) found[2].push(row);
  });
  const sure = found.flat();
  if (sure.length || wanted.length < 3) return { sure: true, rows: sure.slice(0, 8) };
  const limit = wanted.length < 5 ? 1 : 2;
  const close = folded.map((names, row) => [Math.min(...names.map((name) => distance(wanted, name, limit))), row])
    .filter(([d]) => d <= limit).sort((a, b) => a[0] - b[0]);
  return { sure: false, rows: close.slice(0, 8).map(([, row]) => row) };
}
const inWindow = (lon, lat) => lon >= D.window[0] && lon <= D.window[2] && lat >= D.window[1] && lat <= D.window[3];
// Coordinates as people write them: decimal points or commas, degrees, minutes and seconds, either order.
function parseSpot(text) {
  const plain = text.trim().replace(/с\.?\s*ш\.?|т\.?\s*к\.?/gi, "N").replace(/в\.?\s*д\.?|ч\.?\s*у\.?/gi, "E")
    .replace(/ю\.?\s*ш\.?/gi, "S").replace(/з\.?\s*д\.?/gi, "W")
    .replace(/[″”“]|''|′′/g, '"').replace(/[′’‘]/g, "'").replace(/[º˚]/g, "°").toUpperCase();
  const number = (part) => part === undefined ? 0 : parseFloat(part.replace(",", "."));
  let pair = null, letters = [];
  if (/[°']/.test(plain)) {
    const angle = "(\\d+(?:[.,]\\d+)?)\\s*°\\s*(?:(\\d+(?:[.,]\\d+)?)\\s*'\\s*)?(?:(\\d+(?:[.,]\\d+)?)\\s*\"\\s*)?";
    const led = /^[NSEW]/.test(plain);
    const one = led ? "([NSEW])\\s*" + angle + "()" : "([-+]?)" + angle + "([NSEW])?";
    const hit = new RegExp("^" + one + "[\\s,;]*" + one + "$").exec(plain);
    if (!hit) return null;
    const value = (at) => number(hit[at]) + number(hit[at + 1]) / 60 + number(hit[at + 2]) / 3600;
    if ([3, 4, 8, 9].some((at) => number(hit[at]) >= 60)) return null;
    pair = [hit[1] === "-" ? -value(2) : value(2), hit[6] === "-" ? -value(7) : value(7)];
    letters = led ? [hit[1], hit[6]] : [hit[5], hit[10]];
  } else {
    const n = "([-+]?\\d+(?:\\.\\d+)?)", c = "([-+]?\\d+,\\d+)", tail = "\\s*([NSEW])?\\s*";
    const shown = /^[NSEW]/.test(plain) ? plain.replace(/([NSEW])\s*([\d.,]*\d)/g, "$2$1") : plain;
    const hit = new RegExp("^" + c + tail + "(?:;|,\\s|\\s)\\s*" + c + tail + "$").exec(shown) ||
      new RegExp("^" + n + tail + "[,;\\s]\\s*" + n + tail + "$").exec(shown);
    if (!hit) return null;
    pair = [number(hit[1]), number(hit[3])];
    letters = [hit[2], hit[4]];
  }
  const [north, east] = [letters.map((one) => /[NS]/.test(one || "")), letters.map((one) => /[EW]/.test(one || ""))];
  if ((north[0] && north[1]) || (east[0] && east[1])) return null;
  pair = pair.map((degrees, at) => /[SW]/.test(letters[at] || "") ? -Math.abs(degrees) : degrees);
  if (north[0] || east[1]) return { lon: pair[1], lat: pair[0] };
  if (east[0] || north[1]) return { lon: pair[0], lat: pair[1] };
  return inWindow(pair[1], pair[0]) ? { lon: pair[1], lat: pair[0] } : { lon: pair[0], lat: pair[1] };
}

// ---- words
const LANGS = Object.keys(D.words);
const fromPath = location.pathname.replace(/\/$/, "").split("/").pop();
let lang = LANGS.includes(fromPath) ? fromPath : D.lang;
const W = () => D.words[lang];
const t = (key, fills) => W().t[key].replace(/\{(\w+)\}/g, (blank, name) => fills && name in fills ? fills[name] : blank);
const grouped = (value, decimals) => {
  const [whole, part] = value.toFixed(decimals).split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, W().gap) + (part ? W().point + part : "");
};
const km = (m) => m < 1000 ? t("unit.value-m", { value: grouped(Math.round(m / 10) * 10, 0) }) : t("unit.value-km", { value: grouped(m / 1000, m < 10000 ? 1 : 0) }).replace(" ", "\u00a0");
function duration(s) {
  if (s === null) return t("no-data");
  const five = s > 0 ? Math.max(300, Math.round(s / 300) * 300) : 0, hours = Math.floor(five / 3600), minutes = five % 3600 / 60;
  if (hours && minutes) return t("unit.hours-minutes", { hours, minutes });
  return hours ? t("unit.hours", { hours }) : t("unit.minutes", { minutes });
}
const wind = (deg) => W().directions[Math.round(deg / 45) % 8];
const named = (names) => names[lang] || names[{ ru: "en", ky: "ru", en: "ru" }[lang]] || names.en || names.ru || names.ky;
const dated = (iso) => iso ? W().dates[iso] : t("no-date");

// ---- the page; texts from outside only ever become text nodes
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "on") node.addEventListener("click", value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}
const state = { waste: 0, place: null, message: "", typed: "", kept: false, newer: false, card: location.hash === "#card" };
const put = (id, ...children) => document.getElementById(id).replaceChildren(...children.flat().filter(Boolean));
const spot = (lon, lat) => t("map.coordinates", { lat: grouped(lat, 4), lon: grouped(lon, 4) });

function label(place) {
  const shown = named(place.names);
  const marks = [place.area ? named(place.area) : "", place.country >= 0 && place.country !== HOME ? W().country[place.country] : ""].filter(Boolean);
  const others = place.spellings.filter((name) => name !== shown).slice(0, 3).join(" · ");
  return [shown + (marks.length ? " (" + marks.join(", ") + ")" : ""), others ? el("span", { class: "soft" }, " · " + others) : ""];
}
function choose(place) {
  state.place = place; state.message = "";
  document.getElementById("where").value = "";
  put("found");
  answer();
  document.getElementById("answer").scrollIntoView({ block: "start" });
}
function chooseSpot(lon, lat, note) {
  if (!inWindow(lon, lat)) { say(t("field.outside", { place: spot(lon, lat) })); return; }
  const { code, near } = countryAt(lon, lat);
  const notes = [note];
  if (code < 0) notes.push(t("field.nowhere"));
  else if (code !== HOME) notes.push(t("field.abroad", { country: W().country[code] }));
  if (near < D.unsure_m) notes.push(t("field.near-border", { distance: km(near) }));
  choose({ lon, lat, country: code, error: 0, node: -1, names: {}, text: spot(lon, lat), notes: notes.filter(Boolean) });
}
function say(text) { state.message = text; put("message", text ? el("p", { class: "warn", role: "status" }, text) : null); }

function locate() {
  if (!navigator.geolocation) { say(t("field.gps-absent")); return; }
  if (!window.isSecureContext) { say(t("field.gps-insecure")); return; }
  say(t("field.gps-searching"));
  navigator.geolocation.getCurrentPosition(
    (position) => {
      say("");
      const { longitude, latitude, accuracy } = position.coords;
      chooseSpot(longitude, latitude, t("field.gps-found", { distance: km(accuracy || 0) }));
    },
    (problem) => say(t(problem.code === 1 ? "field.gps-refused" : problem.code === 3 ? "field.gps-timeout" : "field.gps-absent")),
    { enableHighAccuracy: true, timeout: 30000, maximumAge: 60000 });
}
function lookUp() {
  const text = document.getElementById("where").value;
  state.typed = text;
  if (!text.trim()) { say(""); put("found"); return; }
  const pair = parseSpot(text);
  if (pair) {
    const outside = !inWindow(pair.lon, pair.lat);
    say(outside ? t("field.outside", { place: spot(pair.lon, pair.lat) }) : "");
    put("found", outside ? null : el("li", {}, el("button", { type: "button", on: () => chooseSpot(pair.lon, pair.lat, "") }, spot(pair.lon, pair.lat))));
    return;
  }
  const { sure, rows } = search(text);
  say(rows.length || fold(text).length < 2 ? "" : t("field.none-found"));
  put("found", sure || !rows.length ? null : el("li", { class: "soft" }, t("field.did-you-mean")),
    rows.map((row) => el("li", {}, el("button", { type: "button", on: () => choose(places()[row]) }, ...label(places()[row])))));
}

function point(hit) {
  const one = hit.one, names = { en: one.n[0], ru: one.n[1], ky: one.n[2] };
  const second = hit.road === null ? [t("reason." + hit.reason), wind(hit.bearing)]
    : [duration(hit.time), t("nearest.straight", { distance: km(hit.straight) }), wind(hit.bearing)];
  const lat = one.lat.toFixed(5), lon = one.lon.toFixed(5);
  const facts = [
    [t("column.contact"), one.contact || t("nearest.no-contact")],
    one.hours ? [t("field.hours"), one.hours] : null,
    [t("column.accepts"), one.w.map((code) => W().waste[code]).join(", ")],
    [t("column.source"), one.src || t("no-data")],
  ].filter(Boolean);
  const abroad = hit.countries && hit.countries.some((code) => code !== "KG");
  const borders = [
    one.c >= 0 && one.c !== HOME ? t("nearest.point-abroad", { country: W().country[one.c] }) : "",
    abroad ? t("field.through", { countries: hit.countries.map((code) => W().country[D.codes.indexOf(code)] || code).join(" → ") }) : "",
  ].filter(Boolean);
  const remarks = [
    hit.road !== null && hit.legs >= 500 ? t("field.legs", { distance: km(hit.legs) }) : "",
    one.e >= 500 ? t("field.position-error", { distance: km(one.e) }) : "",
    hit.winter ? t("field.winter") : "",
    hit.road !== null && hit.evidence !== "documented" ? t("field.road-evidence", { evidence: W().evidence[hit.evidence] || "" }) : "",
  ].filter(Boolean);
  return el("article", { class: "point", "data-id": one.id },
    el("div", { class: "km" }, hit.road === null ? t("nearest.straight", { distance: km(hit.straight) }) : t("nearest.by-road", { distance: km(hit.road) })),
    el("div", {}, second.join(" · ")),
    el("h3", {}, named(names)),
    borders.map((text) => el("p", { class: "abroad" }, text)),
    el("span", { class: "chip " + (one.ok ? "" : "reported") }, W().evidence[one.ev] + ", " + dated(one.date)),
    el("div", { class: "acts" },
      one.tel ? el("a", { href: "tel:" + one.tel }, t("nearest.call", { number: one.tel })) : null,
      el("a", { href: `geo:${lat},${lon}?q=${lat},${lon}(${encodeURIComponent(named(names))})` }, t("field.directions"))),
    el("dl", {}, facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
    remarks.map((text) => el("p", { class: "soft" }, text)));
}
function answer() {
  const place = state.place;
  const call = el("a", { class: "call", href: "tel:112" }, t("nearest.call", { number: "112" }));
  if (W().still.includes(state.waste)) { put("answer", el("p", { class: "warn", role: "alert" }, t("reason.do-not-move")), call); return; }
  if (!place) { put("answer", el("p", { class: "soft" }, t("field.start"))); return; }
  const found = nearest(place, state.waste);
  const lost = [...found.points, ...found.reported].some((hit) => hit.road === null);
  put("answer",
    el("h2", {}, t("field.here", { place: place.text || named(place.names) })),
    (place.notes || []).map((text) => el("p", {}, text)),
    place.error >= 500 ? el("p", { class: "soft" }, t("field.position-error", { distance: km(place.error) })) : null,
    found.points.length ? null : el("p", { class: "warn", role: "alert" }, t("reason.no-confirmed-point")),
    call,
    found.points.length ? el("h2", {}, t("nearest.points")) : null, found.points.map(point),
    found.reported.length ? [el("h2", {}, t("nearest.reported")), el("p", {}, t("note.reported-only"))] : null, found.reported.map(point),
    lost ? el("p", { class: "soft" }, t("note.straight-line-only")) : null);
}
function facts() {
  const confirmed = D.records.filter((one) => one.ok).length;
  const old = Date.now() - Date.parse(D.made) > 90 * 864e5;
  put("facts",
    el("b", {}, t("field.made", { date: dated(D.made) })),
    confirmed ? null : el("p", {}, t("field.no-list")),
    el("p", {}, t("field.counts", { confirmed, reported: D.records.length - confirmed }) + " " + (D.newest ? t("field.newest", { date: dated(D.newest) }).replace(/\.\.$/, ".") : "")),
    W().own.length ? el("p", {}, t("field.own", { tables: W().own.join(", ") })) : null,
    W().reduced.map((text) => el("p", {}, text)),
    old ? el("p", { class: "warn" }, t("field.old", { date: dated(D.made) })) : null);
}
function network() {
  const served = location.protocol !== "file:";
  put("network",
    state.newer ? el("button", { type: "button", class: "wide", on: () => location.reload() }, t("field.newer") + " " + t("field.show")) : null,
    navigator.onLine === false ? el("p", { class: "soft" }, t("field.no-network")) : null,
    state.kept ? el("p", { class: "soft", id: "kept" }, t("field.kept")) : null,
    served && !window.isSecureContext ? el("p", { class: "soft" }, t("field.not-kept")) : null,
    served ? el("p", {}, el("a", { href: lang, download: "symap-field-" + lang + ".html" }, t("field.save"))) : null);
}
function wastes() {
  put("waste", W().waste.map((name, row) => el("button", {
    type: "button", class: W().still.includes(row) ? "still" : null, "aria-pressed": String(row === state.waste),
    on: () => { state.waste = row; wastes(); answer(); },
  }, name[0].toUpperCase() + name.slice(1))));
}
function build() {
  document.documentElement.lang = lang;
  document.title = t("field.title");
  const choice = (code) => el("button", {
    type: "button", lang: code, "aria-pressed": String(code === lang),
    on: () => {
      lang = code;
      if (LANGS.includes(location.pathname.replace(/\/$/, "").split("/").pop())) history.replaceState(null, "", code + location.hash);
      if (state.place && state.place.text) chooseSpotAgain();
      build();
    },
  }, { ru: "Рус", ky: "Кыр", en: "Eng" }[code]);
  const input = el("input", {
    id: "where", type: "search", autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "search",
    placeholder: t("field.place-hint"), "aria-label": t("nearest.at"),
  });
  input.value = state.typed && !state.place ? state.typed : "";
  input.addEventListener("input", lookUp);
  // Above the keyboard, with room for the list below.
  input.addEventListener("focus", () => input.scrollIntoView({ block: "start" }));
  input.addEventListener("keydown", (event) => {
    const first = event.key === "Enter" && document.querySelector("#found button");
    if (first) first.click();
  });
  document.getElementById("page").replaceChildren(
    el("header", {}, el("b", {}, t("field.name")), el("div", { class: "langs", role: "group", "aria-label": t("frame.language") }, LANGS.map(choice))),
    el("h1", {}, t("nearest.title")),
    el("details", { id: "card", open: state.card }, el("summary", {}, t("card.title")),
      el("ol", {}, W().card.map((line) => el("li", {}, line))),
      el("a", { class: "call", href: "tel:112" }, t("card.call-112")), el("p", { class: "soft" }, t("card.sources"))),
    el("section", { class: "facts", id: "facts" }),
    el("h2", {}, t("nearest.waste")),
    el("div", { class: "grid", id: "waste", role: "group", "aria-label": t("nearest.waste") }),
    el("h2", {}, t("nearest.at")),
    el("button", { type: "button", class: "wide", id: "gps", on: locate }, t("field.gps")),
    input,
    el("div", { id: "message", "aria-live": "polite" }),
    el("ul", { class: "list", id: "found" }),
    el("section", { id: "answer", "aria-live": "polite" }),
    el("footer", {}, el("div", { id: "network" }), el("p", { class: "soft" }, t("field.roads-note")),
      el("p", { class: "soft" }, t("field.bundled", { digest: D.digest }))));
  wastes(); facts(); network(); answer();
}
// A spot's remarks are sentences: in the new language they are made anew.
function chooseSpotAgain() {
  const { code, near } = countryAt(state.place.lon, state.place.lat);
  state.place.notes = [code < 0 ? t("field.nowhere") : code !== HOME ? t("field.abroad", { country: W().country[code] }) : "",
    near < D.unsure_m ? t("field.near-border", { distance: km(near) }) : ""].filter(Boolean);
}
build();
window.symapField = { nearest, search, parseSpot, countryAt, get places() { return places(); }, wastes: D.waste };
addEventListener("online", network);
addEventListener("offline", network);
if ("serviceWorker" in navigator && /^https?:$/.test(location.protocol) && window.isSecureContext) {
  document.head.append(el("link", { rel: "manifest", href: "manifest.webmanifest?lang=" + lang }));
  navigator.serviceWorker.addEventListener("message", (event) => { if (event.data === "newer") { state.newer = true; network(); } });
  navigator.serviceWorker.register("sw.js").then(() => navigator.serviceWorker.ready).then(() => { state.kept = true; network(); }).catch(() => undefined);
}
})();
