// What the camera wrote into a JPEG (Exif 2.3): carried over into the picture that is made smaller, since when and where
// it was taken is evidence.

const [PICTURE, EXIF, PIXELS] = [0xffd8, 0xffe1, 0xffda];
// Before the note itself stand the marker, the length and "Exif" with two zeros.
const [LENGTH_AT, NAME_AT, NOTE_AT] = [2, 4, 10];
const NAME = 0x45786966;
const [ORIENTATION, UPRIGHT] = [0x0112, 1];
const ENTRY_BYTES = 12;

// The pixels of a picture that was drawn anew stand upright.
function stoodUpright(segment) {
  const note = new DataView(segment, NOTE_AT);
  const is_little = note.getUint16(0) === 0x4949;
  const first = note.getUint32(4, is_little);
  for (let left = note.getUint16(first, is_little), at = first + 2; left > 0; left--, at += ENTRY_BYTES) {
    if (note.getUint16(at, is_little) === ORIENTATION) note.setUint16(at + 8, UPRIGHT, is_little);
  }
  return segment;
}

function noteOf(jpeg) {
  const bytes = new DataView(jpeg);
  if (bytes.getUint16(0) !== PICTURE) return null;
  for (let at = 2; bytes.getUint16(at) !== PIXELS; at += LENGTH_AT + bytes.getUint16(at + LENGTH_AT)) {
    const is_note = bytes.getUint16(at) === EXIF && bytes.getUint32(at + NAME_AT) === NAME;
    if (is_note) return stoodUpright(jpeg.slice(at, at + LENGTH_AT + bytes.getUint16(at + LENGTH_AT)));
  }
  return null;
}

// `jpeg` with what the camera wrote into `whole`; as it is where nothing legible stands there.
export function withNote(jpeg, whole) {
  let note = null;
  try {
    note = noteOf(whole);
  } catch {
    // A number that points behind the end.
  }
  return note ? new Blob([jpeg.slice(0, 2), note, jpeg.slice(2)]).arrayBuffer() : jpeg;
}
