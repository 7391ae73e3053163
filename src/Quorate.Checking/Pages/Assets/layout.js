// Where each lane is, and the row of each bar and span on its lane.
// The numbers of an order stand above its bars.
const POINT_ROOM = run.witness !== null && run.witness.order.length > 0 ? 12 : 0;
// Arrows of a cycle need room between the bars that they join.
const goesBack = edge => run.operations.lane[edge.from] === run.operations.lane[edge.to] && run.operations.ended[edge.to] <= run.operations.invoked[edge.from];
const EDGE_ROOM = run.witness === null || run.witness.edges.length === 0 ? 0 : run.witness.edges.some(goesBack) ? 70 : 26;
const AXIS = 26, NODE_HEIGHT = 66, ROW = 22, HIDDEN_HEIGHT = 18, SPAN_ROWS = 12;

// Rows so that nothing on one row overlaps: each goes to the first row that is free when it begins.
function pack(places, from, to) {
  const rows = new Map(), free = [];
  for (const i of [...places].sort((a, b) => from(a) - from(b) || a - b)) {
    let row = free.findIndex(until => until <= from(i));
    if (row < 0) row = free.push(0) - 1;
    free[row] = to(i);
    rows.set(i, row);
  }
  return { rows, count: free.length };
}

const byLane = (part, lane) => {
  const lists = run.lanes.map(() => []);
  for (let i = 0; i < part.count; i++) lists[lane[i]].push(i);
  return lists;
};
const operationsOf = byLane(run.operations, run.operations.lane);
const spansOf = byLane(run.spans, run.spans.lane);
const marksOf = byLane(run.marks, run.marks.lane);
const barRow = new Uint16Array(run.operations.count);
const spanRow = new Uint16Array(run.spans.count);

const lanes = run.lanes.map((lane, n) => {
  const bars = pack(operationsOf[n], i => run.operations.invoked[i], i => run.operations.ended[i]);
  bars.rows.forEach((row, i) => { barRow[i] = row; });
  const lasting = spansOf[n].filter(i => run.spans.kind[i] >= 3);
  const spans = pack(lasting, i => run.spans.from[i], i => run.spans.to[i]);
  spans.rows.forEach((row, i) => { spanRow[i] = row; });
  return { ...lane, n, bars: bars.count, spans: spans.count, top: 0, height: 0, middle: 0, rowHeight: ROW };
});
let totalHeight = 0;

function arrange() {
  let top = AXIS;
  for (const lane of lanes) {
    lane.hidden = filters.lanes.has(lane.n);
    lane.top = top;
    if (lane.hidden) lane.height = HIDDEN_HEIGHT;
    else if (lane.kind === WORLD) {
      lane.rowHeight = lane.spans > 5 ? 14 : 18;
      lane.height = Math.max(26, Math.min(lane.spans, SPAN_ROWS) * lane.rowHeight + 10);
    } else if (lane.kind === CLIENT && lane.bars > 0) {
      lane.rowHeight = lane.bars > 8 ? 14 : ROW + POINT_ROOM;
      lane.height = lane.bars * lane.rowHeight + 12 + EDGE_ROOM;
    } else lane.height = NODE_HEIGHT + (lane.bars > 0 ? lane.bars * ROW : 0);
    lane.middle = lane.top + (lane.kind === NODE ? NODE_HEIGHT / 2 : lane.height / 2);
    if (lane.hidden) lane.middle = lane.top + HIDDEN_HEIGHT / 2;
    top += lane.height;
  }
  totalHeight = top + 6;
}

const pointRoom = lane => lane.rowHeight > ROW ? POINT_ROOM : 0;
const barTop = i => {
  const lane = lanes[run.operations.lane[i]];
  return lane.top + (lane.kind === NODE ? NODE_HEIGHT : 6 + EDGE_ROOM / 2) + barRow[i] * lane.rowHeight + pointRoom(lane) + 1;
};
const barHeight = i => lanes[run.operations.lane[i]].rowHeight - pointRoom(lanes[run.operations.lane[i]]) - 4;
const pointY = i => pointRoom(lanes[run.operations.lane[i]]) > 0 ? barTop(i) - 4 : barMiddle(i);
const barMiddle = i => barTop(i) + barHeight(i) / 2;
