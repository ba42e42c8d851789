// The camera with the old photo over it like a veil, so that the new one is taken from the same place.

import { find, t } from "./words.js";

const QUALITY = 0.9;

export const has_camera = () => window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia);

async function frame(video) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext("2d").drawImage(video, 0, 0);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  return blob.arrayBuffer();
}

async function open_stream() {
  const size = { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1440 } };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: size });
  } catch {
    throw new Error(t("no_camera"));
  }
}

// Resolves when the button is pressed, with the picture, or with null when the box is closed. The button waits for the
// first view: what it took before would be black, or nothing.
function picture(box, video) {
  const button = box.querySelector("[data-shoot]");
  button.disabled = true;
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error(t("no_camera")));
    button.onclick = () => frame(video).then(resolve, fail);
    box.querySelector("[data-close]").onclick = () => resolve(null);
    box.oncancel = () => resolve(null);
    video.play().then(() => {
      button.disabled = false;
    }, fail);
  });
}

// A picture as bytes of a JPEG, or null when none was taken. Throws with words when there is no view.
export async function shoot(old) {
  const box = find("[data-camera]");
  const video = box.querySelector("video");
  const veil = box.querySelector("[data-old]");
  const slider = box.querySelector("[data-veil]");
  const stream = await open_stream();
  const fade = () => {
    veil.style.opacity = Number(slider.value) / 100;
  };
  veil.hidden = !old;
  if (old) veil.src = old;
  fade();
  slider.addEventListener("input", fade);
  video.srcObject = stream;
  box.showModal();
  try {
    return await picture(box, video);
  } finally {
    for (const track of stream.getTracks()) track.stop();
    slider.removeEventListener("input", fade);
    box.close();
  }
}
