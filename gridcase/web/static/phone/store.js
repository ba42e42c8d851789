// What the phone keeps, in IndexedDB. Nothing here is ever cleared by an update of the app or by signing out.
//
// outbox  what waits to be sent, by its id          photos  their pictures, `id/hash`
// ledger  every id ever put in, and what became of it: what is lost can be told by counting
// draft   the report being written                   kept    answers of the site, for when there is no line

const NAME = "gridcase-phone";
const VERSION = 1;
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      const made = (name, keyPath) => asked.result.createObjectStore(name, keyPath ? { keyPath } : undefined);
      made("outbox", "id");
      made("photos", "key").createIndex("item", "item");
      made("ledger", "id");
      made("draft");
      made("kept");
    };
    asked.onsuccess = () => {
      // A newer page in another tab may want another version.
      asked.result.onversionchange = () => {
        asked.result.close();
        opened = null;
      };
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
  });
  opened.catch(() => {
    opened = null;
  });
  return opened;
}

// Run `work(stores)` in one transaction: all of it stands on the disk when this answers, or none of it.
export async function write(names, work, mode = "readwrite") {
  const db = await open();
  return new Promise((resolve, reject) => {
    const act = db.transaction(names, mode, { durability: "strict" });
    const stores = Object.fromEntries(names.map((name) => [name, act.objectStore(name)]));
    let answer;
    act.oncomplete = () => resolve(answer);
    act.onabort = () => reject(act.error ?? new Error("aborted"));
    try {
      const given = work(stores, act);
      if (given && typeof given.then === "function") given.then((value) => (answer = value), () => act.abort());
      else answer = given;
    } catch (error) {
      act.abort();
      reject(error);
    }
  });
}

export const done = (asked) =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

// As `write`, looking only: everything as it stood at one moment.
export const look = (names, work) => write(names, work, "readonly");

async function read(name, ask) {
  const db = await open();
  return done(ask(db.transaction(name).objectStore(name)));
}

export const all = (name) => read(name, (store) => store.getAll());
export const one = (name, key) => read(name, (store) => store.get(key));
export const keys = (name) => read(name, (store) => store.getAllKeys());
export const put = (name, value, key) => write([name], (stores) => void stores[name].put(value, key));
export const remove = (name, key) => write([name], (stores) => void stores[name].delete(key));
