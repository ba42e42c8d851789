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

// A picture as bytes of a JPEG, or null when none was taken. Throws with words when there is no view.
export async function shoot(old) {
  const box = find("[data-camera]");
  const video = box.querySelector("video");
  const veil = box.querySelector("[data-old]");
  const slider = box.querySelector("[data-veil]");
  let stream;
  try {
    const size = { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1440 } };
    stream = await navigator.mediaDevices.getUserMedia({ video: size });
  } catch {
    throw new Error(t("no_camera"));
  }
  video.srcObject = stream;
  veil.hidden = !old;
  if (old) veil.src = old;
  const fade = () => {
    veil.style.opacity = Number(slider.value) / 100;
  };
  fade();
  slider.addEventListener("input", fade);
  box.showModal();
  await video.play();
  const taken = await new Promise((resolve) => {
    box.querySelector("[data-shoot]").onclick = async () => resolve(await frame(video));
    box.querySelector("[data-close]").onclick = () => resolve(null);
    box.oncancel = () => resolve(null);
  });
  for (const track of stream.getTracks()) track.stop();
  slider.removeEventListener("input", fade);
  box.close();
  return taken;
}
