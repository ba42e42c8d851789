// Keeps the pages and their files for when there is no line. It holds no data of anybody and touches no outbox:
// another version takes another cache, and only caches are deleted.

const PREFIX = `gridcase-${APP}-`;
const CACHE = PREFIX + VERSION;

// A page that was moved to the sign-in is not the page.
async function fetched(path) {
  const response = await fetch(path, { cache: "no-cache", credentials: "same-origin", redirect: "error" });
  if (!response.ok) throw new Error(`${response.status} ${path}`);
  return response;
}

async function install() {
  const cache = await caches.open(CACHE);
  await Promise.all([...FILES, ...PAGES].map(async (path) => cache.put(path, await fetched(path))));
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

const plain = (path) => (PAGES.includes(`${path}/`) ? `${path}/` : path);

// The kept page at once; the newest look of it for the next time, as long as it is still the same page.
async function page(path) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(path);
  const fresh = fetched(path).then(async (response) => {
    if (response.headers.get("X-Phone-Version") === VERSION) await cache.put(path, response.clone());
    return response;
  });
  if (!kept) return fresh;
  fresh.catch(() => {});
  return kept;
}

async function file(request, path) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const path = plain(url.pathname);
  if (request.mode === "navigate" && PAGES.includes(path)) event.respondWith(page(path));
  else if (FILES.includes(path)) event.respondWith(file(request, path));
});
