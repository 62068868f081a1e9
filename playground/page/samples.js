// A photo and a voice note to send where no camera is at hand.
const SIDE = [360, 240], RATE = 8000, SECONDS = 2, PITCH_HZ = 330;

export function photo(whose) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = SIDE;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#dfe8dc"; pen.fillRect(0, 0, ...SIDE);
  pen.fillStyle = "#fff"; pen.fillRect(70, 24, 220, 192);
  pen.fillStyle = "#c9d2d6";
  for (let y = 78; y < 170; y += 18) pen.fillRect(92, y, y > 150 ? 110 : 176, 6);
  pen.fillStyle = "#1d2b33"; pen.font = "16px sans-serif"; pen.fillText(whose, 92, 60);
  pen.strokeStyle = "#c0392b"; pen.lineWidth = 3; pen.beginPath(); pen.arc(240, 176, 25, 0, 7); pen.stroke();
  return { name: "photo.png", base64: canvas.toDataURL("image/png").split(",")[1] };
}

export function voice() {
  const count = RATE * SECONDS, view = new DataView(new ArrayBuffer(44 + count));
  const text = (at, words) => [...words].forEach((one, n) => view.setUint8(at + n, one.charCodeAt(0)));
  text(0, "RIFF"); view.setUint32(4, 36 + count, true); text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true); view.setUint32(28, RATE, true); view.setUint16(32, 1, true); view.setUint16(34, 8, true);
  text(36, "data"); view.setUint32(40, count, true);
  for (let n = 0; n < count; n += 1) view.setUint8(44 + n, 128 + 40 * Math.sin((2 * Math.PI * PITCH_HZ * n) / RATE));
  return { name: "voice.wav", base64: btoa(String.fromCharCode(...new Uint8Array(view.buffer))) };
}
