// The witness lit up: the points of the longest order, numbered and joined, or the cycle of dependencies as arrows between bars.
const numberOf = new Map(run.witness === null ? [] : run.witness.order.map((operation, n) => [operation, n + 1]));

function paintWitness(context) {
  const w = run.witness;
  if (w === null) return [];
  if (w.order.length > 0) paintOrder(context, w);
  if (w.stuck >= 0 && shown[OPERATION][w.stuck]) paintStuck(context, w.stuck);
  const edges = w.edges.filter(edge => shown[OPERATION][edge.from] && shown[OPERATION][edge.to]);
  for (const edge of edges) paintEdge(context, edge);
  return edges;
}

function paintOrder(context, w) {
  const points = w.order.map((operation, n) => ({ x: toX(w.moments[n]), y: pointY(operation), n: n + 1, hidden: !shown[OPERATION][operation] })).filter(p => !p.hidden);
  context.save();
  context.strokeStyle = paint.blue;
  context.lineWidth = 1.5;
  context.globalAlpha = 0.55;
  context.beginPath();
  points.forEach((p, n) => n === 0 ? context.moveTo(p.x, p.y) : context.lineTo(p.x, p.y));
  context.stroke();
  context.globalAlpha = 1;
  context.font = fontOf(10, 700);
  context.textAlign = 'center';
  let last = { x: -99, y: -99 };
  for (const p of points) {
    if (p.x < -20 || p.x > view.width + 20) continue;
    const crowded = Math.abs(p.x - last.x) < 17 && Math.abs(p.y - last.y) < 15;
    context.fillStyle = paint.blue;
    context.beginPath();
    context.arc(p.x, p.y, crowded ? 3.5 : 8, 0, 2 * Math.PI);
    context.fill();
    context.strokeStyle = paint.halo;
    context.lineWidth = 1.2;
    context.stroke();
    if (crowded) continue;
    context.fillStyle = paint.paper;
    context.fillText(String(p.n), p.x, p.y + 3.5);
    last = p;
  }
  context.restore();
}

function paintStuck(context, i) {
  const y = barTop(i), right = Math.min(toX(run.operations.ended[i]), view.width), left = Math.max(toX(run.operations.invoked[i]), 0);
  if (right < 0 || left > view.width) return;
  context.save();
  context.strokeStyle = paint.red;
  context.lineWidth = 2;
  context.beginPath();
  context.roundRect(left - 3, y - 3, Math.max(right - left, 3) + 6, barHeight(i) + 6, 5);
  context.stroke();
  const text = 'fits nowhere';
  context.font = fontOf(11, 700);
  const width = context.measureText(text).width + 12, place = right + 6 + width < view.width ? right + 7 : Math.max(left - width - 7, 2);
  context.fillStyle = paint.red;
  context.beginPath();
  context.roundRect(place, y, width, barHeight(i), 4);
  context.fill();
  context.fillStyle = paint.paper;
  context.fillText(text, place + 6, y + barHeight(i) - 5);
  context.restore();
}

// One that comes after the other's end is joined end to begin; of two that overlap, straight across where both last; and what goes back in
// time, begin to end, over the bars where they are on one line.
function paintEdge(context, edge) {
  const o = run.operations;
  if (o.ended[edge.from] <= o.invoked[edge.to]) paintOnward(context, edge);
  else if (o.ended[edge.to] > o.invoked[edge.from]) paintAcross(context, edge);
  else if (barMiddle(edge.from) === barMiddle(edge.to)) paintOver(context, edge);
  else paintBack(context, edge);
}

function paintBack(context, edge) {
  const x1 = toX(run.operations.invoked[edge.from]), x2 = toX(run.operations.ended[edge.to]), y1 = barMiddle(edge.from), y2 = barMiddle(edge.to);
  const bend = Math.max(24, (x1 - x2) * 0.4);
  arrowAlong(context, [x1, y1], [x1 - bend, y1], [x2 + bend, y2], [x2, y2]);
  paintEdgeLabel(context, edge.label, (x1 + x2) / 2, (y1 + y2) / 2);
}

function paintOver(context, edge) {
  const o = run.operations, middle = i => (toX(o.invoked[i]) + toX(o.ended[i])) / 2;
  const x1 = middle(edge.from), x2 = middle(edge.to), top = barTop(edge.from), reach = Math.min(60, (x1 - x2) / 3);
  arrowAlong(context, [x1, top], [x1 - reach, top - 30], [x2 + reach, top - 30], [x2, top - 1]);
  paintEdgeLabel(context, edge.label, (x1 + x2) / 2, top - 22);
}

function paintAcross(context, edge) {
  const o = run.operations, from = toX(Math.max(o.invoked[edge.from], o.invoked[edge.to])), to = toX(Math.min(o.ended[edge.from], o.ended[edge.to]));
  // Arrows there and back keep apart.
  const x = from + (to - from) * (edge.from < edge.to ? 0.4 : 0.6) + (edge.from < edge.to ? -8 : 8), down = barMiddle(edge.to) >= barMiddle(edge.from);
  const y1 = barMiddle(edge.from) + barHeight(edge.from) / 2 * (down ? 1 : -1), y2 = barMiddle(edge.to) - barHeight(edge.to) / 2 * (down ? 1 : -1);
  arrowAlong(context, [x, y1], [x, y1], [x, y2], [x, y2]);
  paintEdgeLabel(context, edge.label, x + (edge.from < edge.to ? -20 : 20), (y1 + y2) / 2 - (down ? 2 : -2));
}

function paintOnward(context, edge) {
  const x1 = toX(run.operations.ended[edge.from]), x2 = toX(run.operations.invoked[edge.to]), y1 = barMiddle(edge.from), y2 = barMiddle(edge.to);
  const bend = Math.max(24, (x2 - x1) * 0.4);
  arrowAlong(context, [x1, y1], [x1 + bend, y1], [x2 - bend, y2], [x2, y2]);
  paintEdgeLabel(context, edge.label, (x1 + x2) / 2, (y1 + y2) / 2);
}

function arrowAlong(context, from, bend1, bend2, to) {
  context.save();
  context.strokeStyle = context.fillStyle = paint.red;
  context.lineWidth = 2.2;
  context.beginPath();
  context.moveTo(...from);
  context.bezierCurveTo(...bend1, ...bend2, ...to);
  context.stroke();
  const before = bend2[0] === to[0] && bend2[1] === to[1] ? from : bend2, angle = Math.atan2(to[1] - before[1], to[0] - before[0]);
  context.beginPath();
  context.moveTo(...to);
  context.lineTo(to[0] - 10 * Math.cos(angle - 0.4), to[1] - 10 * Math.sin(angle - 0.4));
  context.lineTo(to[0] - 10 * Math.cos(angle + 0.4), to[1] - 10 * Math.sin(angle + 0.4));
  context.fill();
  context.restore();
}

function paintEdgeLabel(context, text, x, y) {
  context.save();
  context.font = fontOf(11, 700);
  const width = context.measureText(text).width + 10;
  context.fillStyle = paint.paper;
  context.strokeStyle = paint.red;
  context.lineWidth = 1.2;
  context.beginPath();
  context.roundRect(x - width / 2, y - 9, width, 18, 9);
  context.fill();
  context.stroke();
  context.fillStyle = paint.red;
  context.fillText(text, x - width / 2 + 5, y + 4);
  context.restore();
}
