// Arrows. Only what is in view is drawn, lines of one look in one path; when there are very many, one for each place and pair.
const MANY = 2500;

// The latest end so far, so that the first message that may still be in view is found by halving.
const latestEnd = (() => {
  const ends = new Float64Array(run.messages.count);
  let latest = 0;
  for (let i = 0; i < ends.length; i++) ends[i] = latest = Math.max(latest, run.messages.ended[i]);
  return ends;
})();

function firstAtLeast(values, wanted) {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < wanted) low = middle + 1; else high = middle;
  }
  return low;
}

function messagesInView() {
  const m = run.messages, list = [];
  const last = firstAtLeast(m.sent, view.to);
  for (let i = firstAtLeast(latestEnd, view.from); i < last; i++)
    if (shown[MESSAGE][i] && m.ended[i] >= view.from) list.push(i);
  return list;
}

// Both ends of an arrow. What never arrived ends between the lanes; a message to oneself is a small hook.
function arrowOf(i) {
  const m = run.messages;
  const from = lanes[m.from[i]], to = lanes[m.to[i]];
  const failed = m.fate[i] === LOST || m.fate[i] === CUT;
  const x1 = toX(m.sent[i]), x2 = failed ? toX(m.sent[i]) + Math.max(6, Math.min(26, toX(m.ended[i]) - toX(m.sent[i]))) : toX(m.ended[i]);
  const y1 = from.middle;
  const y2 = failed ? y1 + (to.middle - y1) * 0.55 : from === to ? y1 - 14 : to.middle;
  return { x1, y1, x2, y2 };
}

const LOOKS = [
  { name: 'routine', colour: () => paint.routine, width: 1, dash: [] },
  { name: 'plain', colour: () => paint.message, width: 1.1, dash: [] },
  { name: 'held', colour: () => paint.amber, width: 1.2, dash: [7, 3] },
  { name: 'copy', colour: () => paint.purple, width: 1.2, dash: [2, 2] },
  { name: 'lost', colour: () => paint.red, width: 1.2, dash: [4, 3] },
  { name: 'found', colour: () => paint.blue, width: 2, dash: [] },
];
const lookOf = i => {
  const m = run.messages;
  if (matchFlags !== null && matchFlags[MESSAGE][i]) return 5;
  return m.fate[i] > UNDER_WAY ? 4 : m.copy[i] ? 3 : m.held[i] ? 2 : m.routine[i] ? 0 : 1;
};

function paintMessages(context, top, bottom) {
  const list = messagesInView();
  const looks = LOOKS.map(() => []);
  const seen = list.length > MANY ? new Set() : null;
  let drawn = 0;
  for (const i of list) {
    const arrow = arrowOf(i);
    if (Math.max(arrow.y1, arrow.y2) < top || Math.min(arrow.y1, arrow.y2) > bottom) continue;
    if (seen !== null) {
      const key = ((Math.round(arrow.x1 / 2) * 4096 + Math.round(arrow.x2 / 2)) * 1024 + run.messages.from[i]) * 1024 + run.messages.to[i];
      if (seen.has(key)) continue;
      seen.add(key);
    }
    arrow.i = i;
    looks[lookOf(i)].push(arrow);
    drawn++;
  }
  const crowd = drawn > 1500 ? Math.max(0.16, 1500 / drawn) : 1;
  looks.forEach((arrows, look) => paintLook(context, LOOKS[look], arrows, look, crowd, drawn));
  return { drawn, looks };
}

function paintLook(context, look, arrows, number, crowd, drawn) {
  if (arrows.length === 0) return;
  context.save();
  context.globalAlpha = (matchFlags !== null && number !== 5 ? 0.28 : 1) * (number >= 2 ? Math.max(crowd, 0.7) : crowd);
  context.strokeStyle = context.fillStyle = look.colour();
  context.lineWidth = look.width;
  context.setLineDash(look.dash);
  context.beginPath();
  for (const a of arrows) { context.moveTo(a.x1, a.y1); context.lineTo(a.x2, a.y2); }
  context.stroke();
  context.setLineDash([]);
  if (drawn < 1500) paintEnds(context, arrows);
  context.restore();
}

// What became of it is told by the shape of its end: a head, a cross, a bar, a ring.
function paintEnds(context, arrows) {
  context.beginPath();
  for (const a of arrows) {
    const angle = Math.atan2(a.y2 - a.y1, a.x2 - a.x1), fate = run.messages.fate[a.i];
    if (fate === LOST || fate === RESET) {
      context.moveTo(a.x2 - 4, a.y2 - 4); context.lineTo(a.x2 + 4, a.y2 + 4);
      context.moveTo(a.x2 + 4, a.y2 - 4); context.lineTo(a.x2 - 4, a.y2 + 4);
    } else if (fate === CUT) {
      const dx = Math.sin(angle) * 6, dy = -Math.cos(angle) * 6;
      context.moveTo(a.x2 - dx, a.y2 - dy); context.lineTo(a.x2 + dx, a.y2 + dy);
    } else if (fate === NO_RECEIVER) {
      context.moveTo(a.x2 + 4, a.y2); context.arc(a.x2, a.y2, 4, 0, 2 * Math.PI);
    }
  }
  context.lineWidth = 1.6;
  context.stroke();
  context.beginPath();
  for (const a of arrows) {
    if (run.messages.fate[a.i] !== ARRIVED) continue;
    const angle = Math.atan2(a.y2 - a.y1, a.x2 - a.x1), size = 6.5;
    const tipX = a.x2, tipY = a.y2;
    context.moveTo(tipX, tipY);
    context.lineTo(tipX - size * Math.cos(angle - 0.4), tipY - size * Math.sin(angle - 0.4));
    context.lineTo(tipX - size * Math.cos(angle + 0.4), tipY - size * Math.sin(angle + 0.4));
    context.closePath();
  }
  context.fill();
}

function labelMessages(context, { drawn, looks }) {
  if (drawn > 260) return;
  for (let look = LOOKS.length - 1; look >= 0; look--) {
    for (const a of looks[look]) {
      const text = run.messages.label[a.i];
      if (!text || Math.abs(a.y2 - a.y1) < 20) continue;
      const colour = look >= 2 ? LOOKS[look].colour() : paint.soft;
      for (const part of [0.5, 0.36, 0.64]) {
        const x = a.x1 + (a.x2 - a.x1) * part, y = a.y1 + (a.y2 - a.y1) * part;
        if (label(context, text, x + 5, y + 4, colour)) break;
      }
    }
  }
}
