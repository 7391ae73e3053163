// The history: a bar from invocation to completion; the end of one that is not known fades, one that failed is struck through.
function paintOperations(context, top, bottom) {
  const o = run.operations;
  let drawn = 0;
  for (const lane of lanes) {
    if (lane.bars === 0 || lane.hidden || lane.top > bottom || lane.top + lane.height < top) continue;
    for (const i of operationsOf[lane.n]) {
      if (o.invoked[i] > view.to) break;
      if (!shown[OPERATION][i] || o.ended[i] < view.from) continue;
      paintBar(context, i);
      drawn++;
    }
  }
  return drawn;
}

function barLook(i) {
  const w = run.witness;
  if (w !== null && w.stuck === i) return { fill: paint.redSoft, line: paint.red, text: paint.red, width: 2 };
  if (w !== null && w.members.has(i)) return { fill: paint.blueSoft, line: paint.blue, text: paint.ink, width: 1.6 };
  return { fill: paint.bar, line: paint.barLine, text: paint.soft, width: 1 };
}

function paintBar(context, i) {
  const o = run.operations, outcome = o.outcome[i], look = barLook(i);
  const x = toX(o.invoked[i]), right = Math.max(toX(o.ended[i]), x + 2.5), y = barTop(i), height = barHeight(i);
  const left = Math.max(x, -6), width = Math.min(right, view.width + 6) - left;
  context.save();
  context.globalAlpha = isDimmed(OPERATION, i) ? 0.45 : 1;
  if (outcome === UNKNOWN) {
    const fade = context.createLinearGradient(Math.max(left, right - Math.max(40, (right - x) * 0.5)), 0, right, 0);
    fade.addColorStop(0, look.fill);
    fade.addColorStop(1, paint.paper);
    context.fillStyle = fade;
  } else context.fillStyle = outcome === FAILED ? paint.paper : look.fill;
  context.beginPath();
  context.roundRect(left, y, width, height, Math.min(3, width / 2));
  context.fill();
  if (matchFlags !== null && matchFlags[OPERATION][i]) { look.line = paint.blue; look.width = 2.4; }
  context.strokeStyle = look.line;
  context.lineWidth = look.width;
  if (outcome !== OK) context.setLineDash(outcome === FAILED ? [2, 2] : [5, 3]);
  context.stroke();
  context.setLineDash([]);
  if (outcome === FAILED && width > 8) context.fillStyle = look.line, context.fillRect(left, y + height / 2, width, 1);
  writeOnBar(context, i, Math.max(x, 0), Math.min(right, view.width), y, height, look);
  context.restore();
}

function writeOnBar(context, i, left, right, y, height, look) {
  context.font = fontOf(height > 14 ? 11.5 : 10, run.witness !== null && run.witness.members.has(i) ? 600 : 400);
  const words = run.operations.label[i] + (run.operations.outcome[i] === UNKNOWN ? ' ?' : '');
  const text = clipped(context, words, right - left - 8), bottom = y + height - (height > 14 ? 5 : 2);
  if (!text) return;
  context.fillStyle = look.text;
  if (run.operations.outcome[i] === FAILED) {
    context.lineWidth = 3;
    context.strokeStyle = paint.halo;
    context.strokeText(text, left + 5, bottom);
  }
  context.fillText(text, left + 5, bottom);
}
