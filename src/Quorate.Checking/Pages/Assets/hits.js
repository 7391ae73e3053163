// What is under the pointer: the nearest mark, then bar, then arrow, then span.
const REACH = 7;

function hitAt(x, y) {
  const mark = nearestMark(x, y);
  if (mark !== null) return mark;
  const bar = barAt(x, y);
  if (bar !== null) return bar;
  return nearestArrow(x, y) ?? spanAt(x, y);
}

function nearestMark(x, y) {
  const k = run.marks;
  let best = null, least = REACH + 2;
  for (let i = firstAtLeast(k.at, toMoment(x - REACH)), last = firstAtLeast(k.at, toMoment(x + REACH)); i < last; i++) {
    const lane = lanes[k.lane[i]];
    if (!shown[MARK][i] || lane.hidden) continue;
    const far = Math.hypot(toX(k.at[i]) - x, (k.kind[i] === 5 ? lane.middle + 5 : lane.middle) - y);
    if (far < least) { least = far; best = { type: MARK, i }; }
  }
  return best;
}

function barAt(x, y) {
  const o = run.operations;
  for (const lane of lanes) {
    if (lane.bars === 0 || lane.hidden || y < lane.top || y > lane.top + lane.height) continue;
    for (const i of operationsOf[lane.n]) {
      if (!shown[OPERATION][i] || y < barTop(i) || y > barTop(i) + barHeight(i)) continue;
      if (x >= toX(o.invoked[i]) - 2 && x <= Math.max(toX(o.ended[i]), toX(o.invoked[i]) + 3) + 2) return { type: OPERATION, i };
    }
  }
  return null;
}

function nearestArrow(x, y) {
  let best = null, least = REACH;
  for (const a of diagram.arrows) {
    const dx = a.x2 - a.x1, dy = a.y2 - a.y1, length = dx * dx + dy * dy || 1;
    const part = Math.max(0, Math.min(1, ((x - a.x1) * dx + (y - a.y1) * dy) / length));
    const far = Math.hypot(a.x1 + part * dx - x, a.y1 + part * dy - y);
    if (far < least) { least = far; best = { type: MESSAGE, i: a.i }; }
  }
  return best;
}

function spanAt(x, y) {
  const s = run.spans;
  for (const lane of lanes) {
    if (lane.hidden || y < lane.top || y > lane.top + lane.height) continue;
    for (const i of spansOf[lane.n]) {
      if (!shown[SPAN][i] || lane.kind === WORLD && spanRow[i] >= SPAN_ROWS || x < toX(s.from[i]) || x > Math.max(toX(s.to[i]), toX(s.from[i]) + 3)) continue;
      const row = lane.kind === WORLD || s.kind[i] >= 3 ? faultTop(lane, i) : lane.middle - 9;
      const tall = lane.kind === WORLD ? lane.rowHeight - 4 : s.kind[i] >= 3 ? 5 : 18;
      if (y >= row - 1 && y <= row + tall + 1) return { type: SPAN, i };
    }
  }
  return null;
}

const tip = document.getElementById('tip');
function showTip(what, x, y) {
  if (what === null) { tip.hidden = true; return; }
  const name = document.createElement('span'), more = document.createElement('small');
  name.textContent = whatOf(what.type, what.i);
  more.textContent = `${whereOf(what.type, what.i)}, ${momentText(startOf(what.type, what.i))}${detailOf(what.type, what.i) ? `: ${detailOf(what.type, what.i).slice(0, 140)}` : ''}`;
  tip.replaceChildren(name, more);
  tip.hidden = false;
  tip.style.left = `${Math.min(x + 14, window.innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${y + 18 + tip.offsetHeight > window.innerHeight ? y - tip.offsetHeight - 10 : y + 18}px`;
}

{
  let grabbed = null;
  const placeOf = e => {
    const box = plot.getBoundingClientRect();
    return { x: e.clientX - box.left, y: e.clientY - box.top };
  };
  plot.addEventListener('pointerdown', e => {
    if (e.button !== 0) return;
    grabbed = { x: e.clientX, from: view.from, to: view.to, moved: false };
  });
  plot.addEventListener('pointermove', e => {
    const { x, y } = placeOf(e);
    if (grabbed !== null && e.buttons === 1) {
      if (!grabbed.moved && Math.abs(e.clientX - grabbed.x) < 4) return;
      if (!grabbed.moved) { grabbed.moved = true; plot.setPointerCapture(e.pointerId); plot.classList.add('dragging'); showTip(null); }
      const by = (grabbed.x - e.clientX) / view.width * (grabbed.to - grabbed.from);
      setView(grabbed.from + by, grabbed.to + by);
      redraw();
      return;
    }
    const what = hitAt(x, y);
    if (what?.type !== hovered?.type || what?.i !== hovered?.i) { hovered = what; redraw(); }
    plot.style.cursor = what === null ? '' : 'pointer';
    showTip(what, e.clientX, e.clientY);
  });
  plot.addEventListener('pointerup', e => {
    if (grabbed !== null && !grabbed.moved) { const { x, y } = placeOf(e); select(hitAt(x, y)); }
    grabbed = null;
    plot.classList.remove('dragging');
  });
  plot.addEventListener('pointercancel', () => { grabbed = null; plot.classList.remove('dragging'); });
  plot.addEventListener('pointerleave', () => { hovered = null; showTip(null); redraw(); });
  plot.addEventListener('dblclick', e => { zoomAt(toMoment(placeOf(e).x), e.shiftKey ? 3 : 1 / 3); redraw(); });
  plot.addEventListener('wheel', e => {
    if (e.ctrlKey || e.metaKey) zoomAt(toMoment(placeOf(e).x), Math.exp(e.deltaY * (e.deltaMode === 1 ? 0.05 : 0.0022)));
    else if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) pan((e.deltaX || e.deltaY) / view.width);
    else return;
    e.preventDefault();
    redraw();
  }, { passive: false });
  stage.addEventListener('scroll', redraw);
}
