// The witness lit up: the points of the longest order, numbered and joined, or the cycle of dependencies as arrows between bars.
const numberOf = new Map(run.witness === null ? [] : run.witness.order.map((operation, n) => [operation, n + 1]));

function paintWitness(context) {
  const w = run.witness;
  if (w === null) return;
  if (w.order.length > 0) paintOrder(context, w);
  if (w.stuck >= 0 && shown[OPERATION][w.stuck]) paintStuck(context, w.stuck);
  for (const edge of w.edges) if (shown[OPERATION][edge.from] && shown[OPERATION][edge.to]) paintEdge(context, edge);
}

function paintOrder(context, w) {
  const points = w.order.map((operation, n) => ({ x: toX(w.moments[n]), y: barMiddle(operation), n: n + 1, hidden: !shown[OPERATION][operation] })).filter(p => !p.hidden);
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
    context.arc(p.x, p.y, crowded ? 3.5 : 8.5, 0, 2 * Math.PI);
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

function paintEdge(context, edge) {
  const o = run.operations;
  const x1 = toX(Math.min(o.ended[edge.from], run.end)), x2 = toX(o.invoked[edge.to]), y1 = barMiddle(edge.from), y2 = barMiddle(edge.to);
  const startX = x1 <= x2 ? x1 : toX((o.invoked[edge.from] + Math.min(o.ended[edge.from], run.end)) / 2);
  const endX = x1 <= x2 ? x2 : toX((o.invoked[edge.to] + Math.min(o.ended[edge.to], run.end)) / 2);
  const down = y2 >= y1, half = barHeight(edge.from) / 2;
  const p1 = { x: startX, y: x1 <= x2 ? y1 : y1 + (down ? half : -half) }, p2 = { x: endX, y: x1 <= x2 ? y2 : y2 + (down ? -half : half) };
  const bend = x1 <= x2 ? Math.max(24, Math.abs(p2.x - p1.x) * 0.4) : 0, lift = x1 <= x2 ? 0 : Math.max(18, Math.abs(p2.y - p1.y) * 0.4) * (down ? 1 : -1);
  // Arrows there and back bow to different sides.
  const side = edge.from < edge.to ? -26 : 26;
  const c1 = { x: p1.x + bend + (bend ? 0 : side), y: p1.y + lift }, c2 = { x: p2.x - bend + (bend ? 0 : side), y: p2.y - lift };
  context.save();
  context.strokeStyle = context.fillStyle = paint.red;
  context.lineWidth = 2.2;
  context.beginPath();
  context.moveTo(p1.x, p1.y);
  context.bezierCurveTo(c1.x, c1.y, c2.x, c2.y, p2.x, p2.y);
  context.stroke();
  const angle = Math.atan2(p2.y - c2.y, p2.x - c2.x);
  context.beginPath();
  context.moveTo(p2.x, p2.y);
  context.lineTo(p2.x - 10 * Math.cos(angle - 0.4), p2.y - 10 * Math.sin(angle - 0.4));
  context.lineTo(p2.x - 10 * Math.cos(angle + 0.4), p2.y - 10 * Math.sin(angle + 0.4));
  context.fill();
  paintEdgeLabel(context, edge.label, (p1.x + 3 * c1.x + 3 * c2.x + p2.x) / 8, (p1.y + 3 * c1.y + 3 * c2.y + p2.y) / 8);
  context.restore();
}

function paintEdgeLabel(context, text, x, y) {
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
}
