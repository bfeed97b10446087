// Keeps the field page: one copy serves every language, since each page holds all three.
"use strict";
const NAME = "symap-field";
const KEY = "page";
const isPage = (url) => /\/field\/(ru|ky|en)\/?$/.test(url.pathname);

async function keep(response) {
  if (!response.ok || !(response.headers.get("content-type") || "").includes("text/html")) return false;
  const store = await caches.open(NAME);
  const before = await store.match(KEY);
  const tag = (one) => one && (one.headers.get("x-symap-content") || one.headers.get("etag"));
  const changed = Boolean(before) && tag(before) !== tag(response);
  await store.put(KEY, response);
  return changed;
}

async function refresh(address) {
  const changed = await keep(await fetch(address, { cache: "no-cache", credentials: "same-origin" }));
  if (!changed) return;
  for (const client of await self.clients.matchAll()) client.postMessage("newer");
}

self.addEventListener("install", (event) => {
  event.waitUntil(refresh("ru").then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !isPage(url)) return;
  event.respondWith((async () => {
    const kept = await (await caches.open(NAME)).match(KEY);
    if (!kept) return fetch(event.request);
    event.waitUntil(refresh(url.pathname).catch(() => undefined));
    return kept;
  })());
});
