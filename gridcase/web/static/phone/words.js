// The words of these pages: they stand in the page, in its language; {1}, {2} … are filled in.

const words = new Map();
for (const each of document.querySelectorAll("[data-words] [data-w]")) words.set(each.dataset.w, each.textContent.trim());

export function t(key, ...values) {
  const text = words.get(key) ?? key;
  return text.replace(/\{(\d)\}/g, (_, at) => values[Number(at) - 1] ?? "");
}

// An element with its attributes and what is in it: texts are texts, never markup.
export function make(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...inside.filter((part) => part !== null && part !== undefined && part !== false));
  return made;
}

// The words of a refusal end without a mark.
export const sentence = (text) => (!text || /[。.!！]$/.test(text) ? text : text + (/[\u4e00-\u9fff]/.test(text) ? "。" : "."));

export const find = (selector) => document.querySelector(selector);

// China has one time all the year.
const CHINA_MS = 8 * 3600_000;

// A moment (text, or milliseconds) in China time as all pages of the site tell it, wherever this phone thinks it is.
export function clock(moment) {
  const told = new Date(new Date(moment).getTime() + CHINA_MS).toISOString();
  return `${told.slice(5, 10)} ${told.slice(11, 16)}`;
}

export const size = (bytes) => (bytes >= 1048576 ? `${(bytes / 1048576).toFixed(1)} MB` : `${Math.ceil(bytes / 1024)} KB`);
