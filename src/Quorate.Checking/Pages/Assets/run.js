// The run, decoded from the page's data: columns of numbers, texts by their place. Moments are in units from the start.
const MESSAGE = 0, MARK = 1, SPAN = 2, OPERATION = 3;
const ARRIVED = 0, UNDER_WAY = 1, LOST = 2, CUT = 3, NO_RECEIVER = 4, RESET = 5;
const FATES = ['arrived', 'still under way', 'lost by the network', 'cut off by a partition', 'nobody there to take it', 'its connection was reset'];
const NODE = 0, CLIENT = 1, WORLD = 2;
const OK = 0, FAILED = 1, UNKNOWN = 2;
const MARK_WORDS = ['boot', 'crash', 'stop', 'leader', 'term', 'commit', 'network fault', 'disk fault', 'clock fault', 'warning', 'note', 'step', 'violation'];
const SPAN_WORDS = ['down', 'paused', 'leads', 'network fault', 'disk fault', 'clock fault'];

const run = (() => {
  const data = JSON.parse(document.getElementById('run').textContent);
  const sums = list => {
    const out = new Float64Array(list.length);
    let sum = 0;
    for (let i = 0; i < list.length; i++) out[i] = sum += list[i];
    return out;
  };
  const ends = (starts, took) => Float64Array.from(starts, (at, i) => at + took[i]);
  const texts = places => places.map(place => data.strings[place]);
  const lanes = [];
  for (let i = 0; i < data.lanes.length; i += 2) lanes.push({ name: data.lanes[i], kind: data.lanes[i + 1] });

  const m = data.messages, sent = sums(m.sent);
  const messages = {
    count: sent.length, from: m.from, to: m.to, sent, ended: ends(sent, m.took), label: texts(m.label), detail: texts(m.detail),
    fate: m.what.map(what => what & 7), routine: m.what.map(what => (what & 8) !== 0), copy: m.what.map(what => (what & 16) !== 0),
    held: m.what.map(what => (what & 32) !== 0),
  };
  const k = data.marks;
  const marks = { count: k.lane.length, lane: k.lane, at: sums(k.at), kind: k.kind, label: texts(k.label), detail: texts(k.detail) };
  const s = data.spans, spanFrom = sums(s.from);
  const spans = {
    count: s.lane.length, lane: s.lane, from: spanFrom, to: ends(spanFrom, s.took), kind: s.kind, label: texts(s.label), detail: texts(s.detail),
  };
  const o = data.operations, invoked = sums(o.invoked);
  const operations = {
    count: invoked.length, lane: o.lane, invoked, outcome: o.outcome, process: texts(o.process), label: texts(o.label), detail: texts(o.detail),
    known: o.took.map(took => took >= 0), keys: [],
    ended: Float64Array.from(invoked, (at, i) => o.took[i] < 0 ? data.end : at + o.took[i]),
  };
  const keys = texts(o.keys);
  for (let i = 0, next = 0; i < operations.count; next += o.keyCount[i++]) operations.keys.push(keys.slice(next, next + o.keyCount[i]));

  let witness = null;
  if (data.witness) {
    const w = data.witness;
    const members = new Set([...w.operations, ...w.order, ...w.edgeFrom, ...w.edgeTo]);
    if (w.stuck >= 0) members.add(w.stuck);
    witness = {
      title: w.title, start: w.start, end: w.end, members, order: w.order, moments: w.moments, stuck: w.stuck,
      edges: w.edgeFrom.map((from, i) => ({ from, to: w.edgeTo[i], label: data.strings[w.edgeLabel[i]], detail: data.strings[w.edgeDetail[i]] })),
    };
  }
  const facts = [];
  for (let i = 0; i < data.facts.length; i += 2) facts.push([data.facts[i], data.facts[i + 1]]);
  return {
    title: data.title, verdict: data.verdict, violation: data.violation, replay: data.replay, facts, notes: data.notes,
    timed: data.axis === 'time', unit: data.unit, end: Math.max(data.end, 1), focus: data.focus, lanes, messages, marks, spans, operations, witness,
  };
})();

// Every event in the order of time, for search, for stepping and for the table.
const items = (() => {
  const count = run.messages.count + run.marks.count + run.spans.count + run.operations.count;
  const type = new Uint8Array(count), index = new Uint32Array(count), at = new Float64Array(count);
  let next = 0;
  const add = (kind, moments) => {
    for (let i = 0; i < moments.length; i++, next++) { type[next] = kind; index[next] = i; at[next] = moments[i]; }
  };
  add(MESSAGE, run.messages.sent);
  add(MARK, run.marks.at);
  add(SPAN, run.spans.from);
  add(OPERATION, run.operations.invoked);
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => at[a] - at[b] || a - b);
  const place = new Map();
  const sorted = { count, type: new Uint8Array(count), index: new Uint32Array(count), at: new Float64Array(count) };
  order.forEach((from, to) => {
    sorted.type[to] = type[from]; sorted.index[to] = index[from]; sorted.at[to] = at[from];
    place.set(type[from] * 0x40000000 + index[from], to);
  });
  sorted.placeOf = (kind, i) => place.get(kind * 0x40000000 + i);
  return sorted;
})();

const endOf = (type, i) => type === MESSAGE ? run.messages.ended[i] : type === MARK ? run.marks.at[i] : type === SPAN ? run.spans.to[i] : run.operations.ended[i];
const startOf = (type, i) => type === MESSAGE ? run.messages.sent[i] : type === MARK ? run.marks.at[i] : type === SPAN ? run.spans.from[i] : run.operations.invoked[i];

const laneName = lane => run.lanes[lane].name;
const whereOf = (type, i) => type === MESSAGE ? `${laneName(run.messages.from[i])} → ${laneName(run.messages.to[i])}`
  : laneName(type === MARK ? run.marks.lane[i] : type === SPAN ? run.spans.lane[i] : run.operations.lane[i]);
const whatOf = (type, i) => type === MESSAGE ? run.messages.label[i] || 'message'
  : type === MARK ? run.marks.label[i] || MARK_WORDS[run.marks.kind[i]]
  : type === SPAN ? run.spans.label[i] || SPAN_WORDS[run.spans.kind[i]] : run.operations.label[i];

function detailOf(type, i) {
  if (type === MESSAGE) {
    const m = run.messages;
    const parts = [m.detail[i]];
    if (m.fate[i] !== ARRIVED) parts.push(FATES[m.fate[i]]);
    if (m.copy[i]) parts.push('a copy made by the network');
    if (m.held[i]) parts.push('held up on its way');
    return parts.filter(Boolean).join('; ');
  }
  return type === MARK ? run.marks.detail[i] : type === SPAN ? run.spans.detail[i] : run.operations.detail[i];
}

const isBad = (type, i) => type === MESSAGE ? run.messages.fate[i] > UNDER_WAY : type === MARK ? run.marks.kind[i] === 1 || run.marks.kind[i] === 12
  : type === OPERATION ? run.witness !== null && run.witness.stuck === i : false;
