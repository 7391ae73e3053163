// The ground: stripes, the grid of time, each lane's line, spans and marks.
function paintGround(context, top, bottom) {
  context.fillStyle = paint.paper;
  context.fillRect(0, top, view.width, bottom - top);
  lanes.forEach((lane, n) => {
    if (n % 2 === 1) return;
    context.fillStyle = paint.stripe;
    context.fillRect(0, lane.top, view.width, lane.height);
  });
  const first = lanes.findIndex(lane => lane.kind === CLIENT);
  if (first > 0) {
    context.fillStyle = paint.line;
    context.fillRect(0, lanes[first].top, view.width, 1);
  }
  context.fillStyle = paint.rule;
  for (const at of ticks(110).list) context.fillRect(Math.round(toX(at)), top, 1, bottom - top);
}

// The axis stays in place while the lanes scroll.
function paintAxis(context, top) {
  context.fillStyle = paint.paper;
  context.fillRect(0, top, view.width, AXIS - 1);
  context.fillStyle = paint.line;
  context.fillRect(0, top + AXIS - 1, view.width, 1);
  context.font = fontOf(11);
  context.fillStyle = paint.soft;
  const { list, step } = ticks(110);
  for (const at of list) {
    const x = Math.round(toX(at)), text = momentText(at, step), width = context.measureText(text).width;
    context.fillRect(x, top + AXIS - 6, 1, 5);
    if (x - width / 2 > 2 && x + width / 2 < view.width - 2) context.fillText(text, x - width / 2, top + 15);
  }
}

const SPAN_COLOURS = { 3: 'amber', 4: 'amber', 5: 'purple' };

function paintLanes(context) {
  for (const lane of lanes) {
    if (lane.kind === CLIENT && lane.bars > 0) continue;
    context.fillStyle = lane.hidden ? paint.rule : paint.line;
    if (lane.kind !== WORLD) context.fillRect(Math.max(0, toX(0)), Math.round(lane.middle) - 0.5, Math.min(toX(run.end), view.width) - Math.max(0, toX(0)), 1.5);
    if (!lane.hidden) for (const i of spansOf[lane.n]) if (shown[SPAN][i]) paintSpan(context, lane, i);
  }
}

function paintSpan(context, lane, i) {
  const s = run.spans, x1 = Math.max(toX(s.from[i]), -4), x2 = Math.min(Math.max(toX(s.to[i]), toX(s.from[i]) + 2), view.width + 4);
  if (x2 < 0 || x1 > view.width) return;
  context.save();
  context.globalAlpha = isDimmed(SPAN, i) ? 0.3 : 1;
  const kind = s.kind[i], width = x2 - x1;
  if (kind === 2) paintLeader(context, lane, i, x1, width);
  else if (kind <= 1) paintAbsence(context, lane, i, x1, width);
  else paintFault(context, lane, i, x1, width);
  context.restore();
}

// After the arrows, so that none of them crosses a name.
function nameSpans(context) {
  const s = run.spans;
  for (const lane of lanes) {
    if (lane.hidden || lane.kind === WORLD) continue;
    for (const i of spansOf[lane.n]) {
      const x = Math.max(toX(s.from[i]), 0), width = Math.min(toX(s.to[i]), view.width) - x, kind = s.kind[i];
      if (!shown[SPAN][i] || isDimmed(SPAN, i) || width < 30) continue;
      if (kind === 2) label(context, s.label[i], x + 6, lane.middle - 11, paint.green, { weight: 600 });
      else if (kind <= 1 && width > 44) label(context, s.label[i], x + 8, lane.middle + 4, paint.soft, { weight: 600 });
      else if (kind >= 3 && width > 70 && spanRow[i] === 0) {
        context.font = fontOf(10);
        label(context, clipped(context, s.label[i], width - 8), x + 4, faultTop(lane, i) - 3, paint[SPAN_COLOURS[kind]], { size: 10 });
      }
    }
  }
}

const faultTop = (lane, i) => lane.kind === WORLD ? lane.top + 5 + spanRow[i] * lane.rowHeight : lane.top + lane.height - 7 - Math.min(spanRow[i], 3) * 5;

function paintLeader(context, lane, i, x, width) {
  context.fillStyle = paint.greenSoft;
  context.fillRect(x, lane.middle - 6, width, 12);
  context.fillStyle = paint.green;
  context.fillRect(x, lane.middle - 1.5, width, 3);
}

function paintAbsence(context, lane, i, x, width) {
  const down = run.spans.kind[i] === 0;
  context.fillStyle = paint.paper;
  context.fillRect(x, lane.middle - 8, width, 16);
  context.fillStyle = hatch(context, down ? paint.faint : paint.routine, down ? 6 : 9);
  context.fillRect(x, lane.middle - 8, width, 16);
  context.strokeStyle = paint.faint;
  context.lineWidth = 1;
  context.setLineDash(down ? [] : [3, 3]);
  context.strokeRect(x + 0.5, lane.middle - 7.5, Math.max(width - 1, 1), 15);
  context.setLineDash([]);
}

function paintFault(context, lane, i, x, width) {
  const colour = SPAN_COLOURS[run.spans.kind[i]];
  const world = lane.kind === WORLD;
  if (world && spanRow[i] >= SPAN_ROWS) return;
  const height = world ? lane.rowHeight - 4 : 3, y = faultTop(lane, i);
  context.fillStyle = world ? paint[`${colour}Soft`] : paint[colour];
  context.fillRect(x, y, width, height);
  if (world) {
    context.fillStyle = paint[colour];
    context.fillRect(x, y, Math.min(2, width), height);
    context.font = fontOf(11);
    const text = clipped(context, run.spans.label[i], width - 10 - (x < 0 ? -x : 0));
    if (text) context.fillText(text, Math.max(x, 0) + 6, y + height - 3.5);
  }
}

const MARK_COLOURS = ['green', 'red', 'soft', 'green', 'green', 'blue', 'amber', 'red', 'purple', 'amber', 'soft', 'ink', 'red'];

function paintMarks(context, top, bottom) {
  let drawn = 0;
  const k = run.marks, last = firstAtLeast(k.at, view.to), first = firstAtLeast(k.at, view.from);
  const busy = last - first > 600, seen = new Set();
  for (let i = first; i < last; i++) {
    const lane = lanes[k.lane[i]];
    if (!shown[MARK][i] || lane.hidden || lane.top > bottom || lane.top + lane.height < top) continue;
    const x = toX(k.at[i]), kind = k.kind[i];
    const key = `${Math.round(x)}/${lane.n}/${kind}`;
    if (busy && seen.has(key)) continue;
    seen.add(key);
    drawn++;
    context.save();
    context.globalAlpha = isDimmed(MARK, i) ? 0.25 : 1;
    paintMark(context, x, lane, kind, paint[MARK_COLOURS[kind]], matchFlags !== null && matchFlags[MARK][i]);
    const wordy = kind === 5 || kind === 9 || kind === 10;
    if (!busy && !wordy) label(context, clipped(context, k.label[i], 150), x + 7, kind === 3 || kind === 4 ? lane.middle - 11 : lane.middle + 21, paint[MARK_COLOURS[kind]], { size: 10.5 });
    else if (wordy && last - first < 60) label(context, clipped(context, k.label[i], 150), x + 5, lane.middle + 19, paint[MARK_COLOURS[kind]], { size: 10 });
    context.restore();
  }
  return drawn;
}

function paintMark(context, x, lane, kind, colour, found) {
  const y = lane.middle;
  context.fillStyle = context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  if (kind === 1 || kind === 12) {
    context.moveTo(x - 5, y - 5); context.lineTo(x + 5, y + 5);
    context.moveTo(x + 5, y - 5); context.lineTo(x - 5, y + 5);
    context.lineWidth = 2.6;
    context.stroke();
  } else if (kind === 0) { context.moveTo(x - 5, y + 5); context.lineTo(x, y - 5); context.lineTo(x + 5, y + 5); context.fill(); }
  else if (kind === 2) context.fillRect(x - 4, y - 4, 8, 8);
  else if (kind === 3 || kind === 4) {
    context.moveTo(x, y - 6); context.lineTo(x + 5, y); context.lineTo(x, y + 6); context.lineTo(x - 5, y);
    context.closePath();
    if (kind === 3) context.fill();
    else { context.fillStyle = paint.paper; context.fill(); context.lineWidth = 1.5; context.stroke(); }
  } else if (kind === 5) context.fillRect(x - 0.75, y + 2, 1.5, 7);
  else if (kind <= 9) {
    context.moveTo(x - 5, y - 7); context.lineTo(x + 5, y - 7); context.lineTo(x, y + 2);
    context.closePath();
    context.fill();
  } else { context.arc(x, y, 3, 0, 2 * Math.PI); context.fill(); }
  if (found) {
    context.beginPath();
    context.arc(x, y, 9, 0, 2 * Math.PI);
    context.strokeStyle = paint.blue;
    context.stroke();
  }
}
