// What a file of a form is, told by its bytes, and how a picture is made small enough to be sent.

import { withNote } from "./camera_note.js";

const LONGEST_SIDE = 3000;
const QUALITY = 0.88;
// So many bytes tell what a file is.
export const HEAD_BYTES = 12;

export function is_heic(buffer) {
  const name = String.fromCharCode(...new Uint8Array(buffer.slice(4, 12)));
  return /^ftyp(heic|heix|mif1|msf1|heim|hevc)/.test(name);
}

// What the site takes, told by its first bytes: JPEG, PNG or WebP.
export function is_picture(buffer) {
  const [head, name] = [new Uint8Array(buffer.slice(0, 4)), String.fromCharCode(...new Uint8Array(buffer.slice(8, 12)))];
  const begins = (...bytes) => bytes.every((byte, at) => head[at] === byte);
  return begins(0xff, 0xd8) || begins(0x89, 0x50, 0x4e, 0x47) || (begins(0x52, 0x49, 0x46, 0x46) && name === "WEBP");
}

// A picture above the limit, made smaller; as it was where the browser cannot.
export async function shrunk(data) {
  try {
    const whole = await createImageBitmap(new Blob([data]), { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(whole.width, whole.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(whole.width * scale), Math.round(whole.height * scale)];
    canvas.getContext("2d").drawImage(whole, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    return await withNote(await blob.arrayBuffer(), data);
  } catch {
    return data;
  }
}
