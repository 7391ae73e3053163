// The strip above the diagram: how much happened when, faults and leaders, the witness, and what part is in view.
const strip = document.getElementById('overview');
let stripGround = null;

function drawStripGround(width, height) {
  const bins = Math.max(1, Math.floor(width / 2));
  const counts = new Float64Array(bins), faults = new Uint8Array(bins), bad = new Float64Array(bins);
  const bin = at => Math.min(bins - 1, Math.max(0, Math.floor(at / run.end * bins)));
  for (let n = 0; n < items.count; n++) {
    if (items.type[n] === SPAN || !shown[items.type[n]][items.index[n]]) continue;
    counts[bin(items.at[n])]++;
    if (isBad(items.type[n], items.index[n])) bad[bin(items.at[n])]++;
  }
  for (let i = 0; i < run.spans.count; i++)
    if (run.spans.kind[i] !== 2) faults.fill(1, bin(run.spans.from[i]), bin(run.spans.to[i]) + 1);
  const most = Math.max(1, ...counts);
  const ground = document.createElement('canvas');
  const context = sizeCanvas(ground, width, height);
  context.fillStyle = paint.paper;
  context.fillRect(0, 0, width, height);
  for (let b = 0; b < bins; b++) {
    const x = b / bins * width, tall = Math.sqrt(counts[b] / most) * (height - 16);
    if (faults[b]) { context.fillStyle = paint.amberSoft; context.fillRect(x, height - 6, width / bins + 0.5, 4); }
    context.fillStyle = paint.message;
    context.fillRect(x, height - 8 - tall, Math.max(1, width / bins - 0.5), tall);
    if (bad[b]) { context.fillStyle = paint.red; context.fillRect(x, height - 8 - tall - 2, Math.max(1, width / bins - 0.5), 2); }
  }
  if (run.witness !== null) {
    const x1 = run.focus[0] / run.end * width, x2 = Math.max(run.focus[1] / run.end * width, x1 + 3);
    context.fillStyle = run.witness.stuck >= 0 || run.witness.edges.length ? paint.red : paint.blue;
    context.fillRect(x1, 0, x2 - x1, 4);
  }
  return ground;
}

function drawStrip() {
  const width = strip.clientWidth, height = 52;
  if (width === 0) return;
  if (stripGround === null) stripGround = drawStripGround(width, height);
  const context = sizeCanvas(strip, width, height);
  context.drawImage(stripGround, 0, 0, width, height);
  const x1 = Math.max(0, view.from / run.end * width), x2 = Math.min(width, Math.max(view.to / run.end * width, x1 + 3));
  context.fillStyle = paint.ink;
  context.globalAlpha = 0.1;
  context.fillRect(0, 0, x1, height);
  context.fillRect(x2, 0, width - x2, height);
  context.globalAlpha = 1;
  context.strokeStyle = paint.blue;
  context.lineWidth = 2;
  context.strokeRect(x1 + 1, 1, Math.max(x2 - x1 - 2, 2), height - 2);
}

const forgetStrip = () => { stripGround = null; };
afterDraw.push(drawStrip);

{
  let begun = null;
  const momentAt = e => (e.clientX - strip.getBoundingClientRect().left) / strip.clientWidth * run.end;
  strip.addEventListener('pointerdown', e => {
    strip.setPointerCapture(e.pointerId);
    begun = { at: momentAt(e), moved: false };
  });
  strip.addEventListener('pointermove', e => {
    if (begun === null) return;
    const at = momentAt(e);
    begun.moved ||= Math.abs(at - begun.at) > run.end / strip.clientWidth * 4;
    if (begun.moved) { setView(Math.min(at, begun.at), Math.max(at, begun.at)); redraw(); }
  });
  strip.addEventListener('pointerup', e => {
    if (begun !== null && !begun.moved) {
      const half = (view.to - view.from) / 2, at = momentAt(e);
      setView(at - half, at + half);
      redraw();
    }
    begun = null;
  });
  strip.addEventListener('pointercancel', () => { begun = null; });
}
