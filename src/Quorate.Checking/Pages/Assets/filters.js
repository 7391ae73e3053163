// What is shown and what was searched for.
const kindCounts = new Map();
const KINDS = [
  ['messages', 'messages', (t, i) => t === MESSAGE && !run.messages.routine[i] && run.messages.fate[i] <= UNDER_WAY],
  ['failed', 'lost', (t, i) => t === MESSAGE && !run.messages.routine[i] && run.messages.fate[i] > UNDER_WAY],
  ['routine', 'routine', (t, i) => t === MESSAGE && run.messages.routine[i]],
  ['operations', 'operations', t => t === OPERATION],
  ['machines', 'machines', (t, i) => t === MARK && run.marks.kind[i] <= 2 || t === SPAN && run.spans.kind[i] <= 1],
  ['faults', 'faults', (t, i) => t === MARK && run.marks.kind[i] >= 6 && run.marks.kind[i] <= 8 || t === SPAN && run.spans.kind[i] >= 3],
  ['leadership', 'leaders', (t, i) => t === MARK && (run.marks.kind[i] === 3 || run.marks.kind[i] === 4) || t === SPAN && run.spans.kind[i] === 2],
  ['commits', 'commits', (t, i) => t === MARK && run.marks.kind[i] === 5],
  ['notes', 'notes', (t, i) => t === MARK && run.marks.kind[i] >= 9],
];

const filters = { hidden: new Set(), lanes: new Set(), key: '', query: '', spotlight: run.witness !== null };
const shown = [run.messages, run.marks, run.spans, run.operations].map(part => new Uint8Array(part.count));
const kindOf = [run.messages, run.marks, run.spans, run.operations].map((part, type) => {
  const kinds = new Uint8Array(part.count);
  for (let i = 0; i < part.count; i++) {
    const kind = KINDS.findIndex(([, , has]) => has(type, i));
    kinds[i] = kind;
    kindCounts.set(KINDS[kind][0], (kindCounts.get(KINDS[kind][0]) ?? 0) + 1);
  }
  return kinds;
});
if (kindCounts.get('messages') > 0) filters.hidden.add('routine');

let matches = [];
let matchFlags = null;

const lanesOf = (type, i) => type === MESSAGE ? [run.messages.from[i], run.messages.to[i]]
  : [type === MARK ? run.marks.lane[i] : type === SPAN ? run.spans.lane[i] : run.operations.lane[i]];

function applyFilters() {
  for (let type = 0; type < 4; type++) {
    for (let i = 0; i < shown[type].length; i++) {
      const visible = !filters.hidden.has(KINDS[kindOf[type][i]][0])
        && (filters.lanes.size === 0 || !lanesOf(type, i).some(lane => filters.lanes.has(lane)))
        && (filters.key === '' || type !== OPERATION || run.operations.keys[i].includes(filters.key));
      shown[type][i] = visible ? 1 : 0;
    }
  }
  applySearch();
}

function applySearch() {
  const words = filters.query.toLowerCase().split(/\s+/).filter(Boolean);
  matches = [];
  matchFlags = null;
  if (words.length === 0) return;
  matchFlags = shown.map(flags => new Uint8Array(flags.length));
  for (let n = 0; n < items.count; n++) {
    const type = items.type[n], i = items.index[n];
    if (!shown[type][i]) continue;
    const text = `${whatOf(type, i)} ${detailOf(type, i)} ${whereOf(type, i)}${type === OPERATION ? ` process ${run.operations.process[i]}` : ''}`.toLowerCase();
    if (!words.every(word => text.includes(word))) continue;
    matches.push(n);
    matchFlags[type][i] = 1;
  }
}

const isMatch = (type, i) => matchFlags === null || matchFlags[type][i] === 1;
const isDimmed = (type, i) => !isMatch(type, i) || matchFlags === null && type === OPERATION && filters.spotlight && run.witness !== null && !run.witness.members.has(i);
