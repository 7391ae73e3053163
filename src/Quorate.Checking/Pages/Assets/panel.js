// What is selected, in words; the witness step by step; the legend.
const byId = id => document.getElementById(id);
function element(name, text, properties) {
  const e = document.createElement(name);
  if (text !== undefined) e.textContent = text;
  return Object.assign(e, properties);
}

function select(what, { reveal = false, quiet = false } = {}) {
  selected = what;
  const body = byId('selected-body');
  if (what === null) body.replaceChildren(element('p', 'Nothing is selected. Point at the diagram, or step with the keys [ and ].', { className: 'muted' }));
  else body.replaceChildren(element('strong', whatOf(what.type, what.i)), factsOf(what.type, what.i));
  if (what !== null && reveal) revealEvent(what);
  if (what !== null && !quiet)
    byId('live').textContent = `${momentText(startOf(what.type, what.i))}, ${whereOf(what.type, what.i)}: ${whatOf(what.type, what.i)}. ${detailOf(what.type, what.i)}`;
  markRow();
  redraw();
}

function factsOf(type, i) {
  const list = element('dl'), start = startOf(type, i), end = endOf(type, i);
  const add = (name, value) => { if (value) list.append(element('dt', name), element('dd', value)); };
  add('Where', whereOf(type, i));
  add(type === MESSAGE ? 'Sent' : type === MARK ? 'At' : 'From', momentText(start));
  if (type === MESSAGE) {
    if (run.messages.fate[i] === ARRIVED) add('Arrived', `${momentText(end)}, after ${durationText(end - start)}`);
    add('Fate', run.messages.fate[i] === ARRIVED ? '' : FATES[run.messages.fate[i]]);
  } else if (type === OPERATION) {
    add(run.operations.outcome[i] === UNKNOWN ? 'Given up' : 'To', run.operations.known[i] ? `${momentText(end)}, after ${durationText(end - start)}` : 'never');
    add('End', ['done', 'failed: it did not happen', 'unknown: it may have happened, or may still'][run.operations.outcome[i]]);
    add('Process', run.operations.process[i]);
    if (numberOf.has(i)) add('In the witness', `number ${numberOf.get(i)} of the longest order`);
    else if (run.witness?.stuck === i) add('In the witness', 'fits nowhere after the longest order');
  } else if (type === SPAN) add('To', `${momentText(end)}, ${durationText(end - start)}`);
  add('Detail', detailOf(type, i));
  return list;
}

// Brings an event into view, keeping the zoom where it can.
function revealEvent({ type, i }) {
  const start = startOf(type, i), end = Math.min(endOf(type, i), start + (view.to - view.from));
  if (start < view.from || end > view.to) {
    const half = (view.to - view.from) / 2, middle = (start + end) / 2;
    setView(middle - half, middle + half);
  }
  arrange();
  const y = type === OPERATION ? barMiddle(i) : lanes[lanesOf(type, i)[0]].middle;
  if (y < stage.scrollTop + AXIS + 10 || y > stage.scrollTop + stage.clientHeight - 20) stage.scrollTop = Math.max(0, y - stage.clientHeight / 2);
}

function fillWitness() {
  const w = run.witness;
  if (w === null) return;
  byId('witness').hidden = false;
  byId('to-witness').hidden = false;
  byId('witness-words').textContent = w.title + (w.start ? ` From state ${w.start}, ${w.order.length > 0 ? 'the longest order is:' : 'nothing leads to:'}` : '');
  const steps = byId('witness-steps');
  const add = (operation, number, detail, className) => {
    const button = element('button', undefined, { type: 'button' }), words = element('span', run.operations.label[operation]);
    words.append(element('small', detail));
    button.append(element('span', number, { className: 'number' }), words);
    button.addEventListener('click', () => select({ type: OPERATION, i: operation }, { reveal: true }));
    const step = element('li', undefined, { className });
    step.append(button);
    steps.append(step);
  };
  const where = operation => `${laneName(run.operations.lane[operation])}, ${momentText(run.operations.invoked[operation])}`;
  w.order.slice(0, 500).forEach((operation, n) => add(operation, String(n + 1), where(operation), ''));
  if (w.stuck >= 0) add(w.stuck, '✕', `${where(w.stuck)}: fits nowhere`, 'stuck');
  // Without an order or a cycle, the operations themselves are what there is to see.
  if (w.order.length === 0 && w.edges.length === 0 && w.stuck < 0) [...w.members].slice(0, 500).forEach(operation => add(operation, '•', where(operation), ''));
  for (const edge of w.edges) add(edge.from, edge.label, `before ${run.operations.label[edge.to]}${edge.detail ? `: ${edge.detail}` : ''}`, 'edge');
  byId('witness-end').textContent = w.end && w.order.length > 0 ? `That leaves state ${w.end}, in which nothing explains what fits nowhere.` : '';
}

// A small picture of each sign that occurs in this run.
function fillLegend() {
  const has = (part, kinds, value) => part.count > 0 && kinds.some(value);
  const m = run.messages, line = (c, colour, dash, end) => {
    c.strokeStyle = c.fillStyle = colour; c.lineWidth = 1.5; c.setLineDash(dash);
    c.beginPath(); c.moveTo(1, 8); c.lineTo(22, 8); c.stroke(); c.setLineDash([]); end(c);
  };
  const head = c => { c.beginPath(); c.moveTo(28, 8); c.lineTo(21, 5); c.lineTo(21, 11); c.fill(); };
  const cross = c => { c.beginPath(); c.moveTo(20, 4); c.lineTo(28, 12); c.moveTo(28, 4); c.lineTo(20, 12); c.stroke(); };
  const bar = c => { c.beginPath(); c.moveTo(23, 2); c.lineTo(23, 14); c.stroke(); };
  const ring = c => { c.beginPath(); c.arc(25, 8, 3.5, 0, 7); c.stroke(); };
  const box = (c, fill, stroke, dash = []) => { c.fillStyle = fill; c.strokeStyle = stroke; c.setLineDash(dash); c.beginPath(); c.roundRect(1, 2, 28, 12, 3); c.fill(); c.stroke(); c.setLineDash([]); };
  const mark = kind => c => paintMark(c, 15, { middle: 8 }, kind, paint[MARK_COLOURS[kind]], false);
  const entries = [
    [m.fate.some(f => f === ARRIVED), 'message', c => line(c, paint.message, [], head)],
    [m.held.some(Boolean), 'held up', c => line(c, paint.amber, [7, 3], head)],
    [m.copy.some(Boolean), 'doubled', c => line(c, paint.purple, [2, 2], head)],
    [m.fate.some(f => f === LOST || f === RESET), 'lost', c => line(c, paint.red, [4, 3], cross)],
    [m.fate.some(f => f === CUT), 'cut', c => line(c, paint.red, [4, 3], bar)],
    [m.fate.some(f => f === NO_RECEIVER), 'nobody there', c => line(c, paint.red, [4, 3], ring)],
    ...[0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12].map(kind => [run.marks.kind.includes(kind), MARK_WORDS[kind], mark(kind)]),
    [run.spans.kind.includes(2), 'leads', c => { c.fillStyle = paint.greenSoft; c.fillRect(1, 3, 28, 10); c.fillStyle = paint.green; c.fillRect(1, 7, 28, 3); }],
    [run.spans.kind.includes(0), 'down', c => { box(c, paint.paper, paint.faint); c.fillStyle = hatch(c, paint.faint); c.fillRect(1, 2, 28, 12); }],
    [run.spans.kind.includes(1), 'paused', c => { box(c, paint.paper, paint.faint, [3, 3]); c.fillStyle = hatch(c, paint.routine, 9); c.fillRect(1, 2, 28, 12); }],
    [has(run.operations, run.operations.outcome, o => o === OK), 'done', c => box(c, paint.bar, paint.barLine)],
    [has(run.operations, run.operations.outcome, o => o === FAILED), 'failed', c => { box(c, paint.paper, paint.barLine, [2, 2]); c.fillStyle = paint.barLine; c.fillRect(1, 8, 28, 1); }],
    [has(run.operations, run.operations.outcome, o => o === UNKNOWN), 'end unknown', c => box(c, paint.bar, paint.barLine, [5, 3])],
    [run.witness !== null, 'in the witness', c => box(c, paint.blueSoft, paint.blue)],
    [run.witness !== null && run.witness.stuck >= 0, 'fits nowhere', c => box(c, paint.redSoft, paint.red)],
  ];
  byId('legend').replaceChildren(...entries.filter(([present]) => present).map(([, words, drawSign]) => {
    const sign = document.createElement('canvas'), item = element('li');
    drawSign(sizeCanvas(sign, 30, 16));
    item.append(sign, words);
    return item;
  }));
}
