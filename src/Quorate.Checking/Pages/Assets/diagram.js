// The main canvas: as large as what is visible of the stage, drawn anew at most once a frame.
const stage = document.getElementById('stage');
const plot = document.getElementById('diagram');
const canvas = document.getElementById('canvas');
const diagram = { arrows: [], top: 0, height: 0, wanted: false };
const afterDraw = [];
let selected = null;
let hovered = null;

function redraw() {
  if (diagram.wanted) return;
  diagram.wanted = true;
  requestAnimationFrame(() => { diagram.wanted = false; drawNow(); });
}

function drawNow() {
  arrange();
  plot.style.height = `${totalHeight}px`;
  view.width = plot.clientWidth || 800;
  diagram.height = printing ? totalHeight : Math.min(totalHeight, stage.clientHeight || totalHeight);
  diagram.top = printing ? 0 : Math.min(stage.scrollTop, totalHeight - diagram.height);
  const context = sizeCanvas(canvas, view.width, diagram.height);
  const top = diagram.top, bottom = top + diagram.height;
  taken.length = 0;
  context.save();
  context.translate(0, -top);
  paintGround(context, top, bottom);
  paintLanes(context);
  const messages = paintMessages(context, top, bottom);
  const marks = paintMarks(context, top, bottom);
  nameSpans(context);
  labelMessages(context, messages);
  const bars = paintOperations(context, top, bottom);
  const edges = paintWitness(context);
  paintHighlights(context);
  paintAxis(context, top);
  context.restore();
  diagram.arrows = messages.looks.flat();
  Object.assign(plot.dataset, {
    messages: messages.drawn, marks, operations: bars, edges: edges.map(edge => edge.label).join(' '), from: momentText(view.from), to: momentText(view.to), span: durationText(view.to - view.from),
  });
  plot.setAttribute('aria-label', `Space-time diagram, ${momentText(Math.max(0, view.from))} to ${momentText(Math.min(run.end, view.to))}: `
    + `${messages.drawn} messages, ${marks} marks, ${bars} operations in view`);
  for (const act of afterDraw) act();
}

function paintHighlights(context) {
  for (const [what, width] of [[hovered, 2], [selected, 3]]) {
    if (what === null || !shown[what.type][what.i]) continue;
    context.save();
    context.strokeStyle = what === selected ? paint.blue : paint.ink;
    context.lineWidth = width;
    context.beginPath();
    if (what.type === MESSAGE) {
      const a = arrowOf(what.i);
      context.moveTo(a.x1, a.y1);
      context.lineTo(a.x2, a.y2);
      context.moveTo(a.x1 + 4, a.y1);
      context.arc(a.x1, a.y1, 4, 0, 2 * Math.PI);
    } else if (what.type === OPERATION) {
      const x = toX(run.operations.invoked[what.i]);
      context.roundRect(x - 2, barTop(what.i) - 2, Math.max(toX(run.operations.ended[what.i]) - x, 3) + 4, barHeight(what.i) + 4, 4);
    } else if (what.type === MARK) context.arc(toX(run.marks.at[what.i]), lanes[run.marks.lane[what.i]].middle, 9, 0, 2 * Math.PI);
    else {
      const lane = lanes[run.spans.lane[what.i]], x = toX(run.spans.from[what.i]);
      const world = lane.kind === WORLD;
      const y = world ? faultTop(lane, what.i) - 1 : lane.middle - 9;
      context.rect(x - 1, y, Math.max(toX(run.spans.to[what.i]) - x, 3) + 2, world ? lane.rowHeight - 2 : 18);
    }
    context.stroke();
    context.restore();
  }
}
