// The tools above the diagram and the names of the lanes.
function refilter() {
  applyFilters();
  forgetStrip();
  byId('search-count').textContent = filters.query.trim() ? `${matches.length.toLocaleString('en')} found` : '';
  fillTable('filter');
  redraw();
}

function toggleKind(name) {
  if (!filters.hidden.delete(name)) filters.hidden.add(name);
  for (const button of byId('kinds').children) button.setAttribute('aria-pressed', String(!filters.hidden.has(button.dataset.kind)));
  refilter();
}

function fillKinds() {
  for (const [name, words] of KINDS) {
    const count = kindCounts.get(name) ?? 0;
    if (count === 0) continue;
    const button = element('button', words, { type: 'button' });
    button.append(element('small', count.toLocaleString('en')));
    button.dataset.kind = name;
    button.setAttribute('aria-pressed', String(!filters.hidden.has(name)));
    button.addEventListener('click', () => toggleKind(name));
    byId('kinds').append(button);
  }
}

function fillKeys() {
  const keys = [...new Set(run.operations.keys.flat())].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).slice(0, 500);
  if (keys.length < 2) return;
  byId('key-field').hidden = false;
  byId('key').append(element('option', 'all', { value: '' }), ...keys.map(key => element('option', key, { value: key })));
  byId('key').addEventListener('change', e => { filters.key = e.target.value; refilter(); });
}

// Pressing a name hides its lane; with Alt, all other lanes of its kind.
function toggleLane(lane, others) {
  const set = filters.lanes;
  if (others) {
    const rest = lanes.filter(l => l.kind === lane.kind && l !== lane);
    const hide = rest.some(l => !set.has(l.n));
    set.delete(lane.n);
    for (const l of rest) if (hide) set.add(l.n); else set.delete(l.n);
  } else if (!set.delete(lane.n)) set.add(lane.n);
  refilter();
}

function fillLabels() {
  for (const lane of lanes) {
    const button = element('button', lane.name, { type: 'button', title: `${lane.name}: press to hide or show; with Alt, hide the others`,
      className: lane.kind === CLIENT ? 'client' : lane.kind === WORLD ? 'world' : '' });
    button.addEventListener('click', e => toggleLane(lane, e.altKey));
    byId('labels').append(button);
  }
  afterDraw.push(() => {
    byId('labels').style.height = `${totalHeight}px`;
    [...byId('labels').children].forEach((button, n) => {
      const lane = lanes[n];
      button.style.top = `${lane.top}px`;
      button.style.height = `${lane.kind === NODE && !lane.hidden ? NODE_HEIGHT : lane.height}px`;
      button.setAttribute('aria-pressed', String(!lane.hidden));
    });
  });
}

function zoomToWitness() {
  // What a moment is to the run decides how much of it is needed to understand a witness of a few microseconds.
  const [from, to] = run.focus, size = to - from, least = run.timed ? Math.min(run.end, 2e7 / run.unit) : 12;
  const margin = Math.max(0, least - size) / 2;
  setView(from - margin - size * 0.12, to + margin + size * 0.16);
  if (run.witness !== null) {
    const place = run.witness.stuck >= 0 ? run.witness.stuck : [...run.witness.members][0];
    arrange();
    if (place !== undefined && (barMiddle(place) > stage.scrollTop + stage.clientHeight - 30 || barMiddle(place) < stage.scrollTop + AXIS))
      stage.scrollTop = Math.max(0, barMiddle(place) - stage.clientHeight / 2);
  }
  redraw();
}
const zoomToAll = () => { setView(-run.end * 0.02, run.end * 1.02); redraw(); };
const zoom = factor => {
  const middle = selected !== null && startOf(selected.type, selected.i) > view.from && startOf(selected.type, selected.i) < view.to
    ? startOf(selected.type, selected.i) : (view.from + view.to) / 2;
  zoomAt(middle, factor);
  redraw();
};

// Steps to the next or previous event: of those found, or of all that are shown.
function step(by, amongFound) {
  const place = selected === null ? -1 : items.placeOf(selected.type, selected.i);
  if (amongFound) {
    if (matches.length === 0) return;
    let at = by > 0 ? matches.findIndex(n => n > place) : matches.findLastIndex(n => n < place);
    if (at < 0) at = by > 0 ? 0 : matches.length - 1;
    select({ type: items.type[matches[at]], i: items.index[matches[at]] }, { reveal: true });
    return;
  }
  let n = place < 0 ? firstAtLeast(items.at, view.from) - (by > 0 ? 1 : 0) : place;
  do n += by; while (n >= 0 && n < items.count && !shown[items.type[n]][items.index[n]]);
  if (n >= 0 && n < items.count) select({ type: items.type[n], i: items.index[n] }, { reveal: true });
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  byId('theme').setAttribute('aria-pressed', String(theme === 'dark'));
  hatches.clear();
  readPalette();
  forgetStrip();
  fillLegend();
  redraw();
}
