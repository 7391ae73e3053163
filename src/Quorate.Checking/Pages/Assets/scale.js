// What part of the run is in view, and how moments are written.
const view = { from: 0, to: run.end, width: 800 };
const SPAN_MIN = run.timed ? Math.max(4, 2000 / run.unit) : 2;

const toX = at => (at - view.from) / (view.to - view.from) * view.width;
const toMoment = x => view.from + x / view.width * (view.to - view.from);

function setView(from, to) {
  const margin = (run.end || 1) * 0.02;
  let span = Math.min(Math.max(to - from, SPAN_MIN), run.end + 2 * margin);
  const middle = (from + to) / 2;
  from = middle - span / 2;
  to = middle + span / 2;
  if (from < -margin) { to += -margin - from; from = -margin; }
  if (to > run.end + margin) { from -= to - run.end - margin; to = run.end + margin; }
  view.from = Math.max(from, -margin);
  view.to = to;
}

function zoomAt(moment, factor) {
  const share = (moment - view.from) / (view.to - view.from);
  const span = Math.min(Math.max((view.to - view.from) * factor, SPAN_MIN), run.end * 1.04);
  setView(moment - share * span, moment + (1 - share) * span);
}

const pan = part => {
  const by = (view.to - view.from) * part;
  setView(view.from + by, view.to + by);
};

// Nanoseconds as text, with as many digits as a step of this size needs.
function momentText(at, step) {
  if (!run.timed) return String(Math.round(at));
  const seconds = at * run.unit / 1e9, size = (step ?? 1000 / run.unit) * run.unit / 1e9;
  const digits = Math.min(9, Math.max(0, Math.ceil(-Math.log10(size) - 1e-9)));
  return `${seconds.toFixed(digits)} s`;
}

function durationText(units) {
  if (!run.timed) return `${Math.round(units)} steps`;
  const ns = units * run.unit;
  const [size, word] = ns >= 1e9 ? [1e9, 's'] : ns >= 1e6 ? [1e6, 'ms'] : ns >= 1e3 ? [1e3, 'µs'] : [1, 'ns'];
  const value = ns / size;
  return `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ${word}`;
}

// Moments for the axis, about so many pixels apart, at round numbers.
function ticks(pixels) {
  const raw = (view.to - view.from) / view.width * pixels * (run.timed ? run.unit : 1);
  const power = 10 ** Math.floor(Math.log10(Math.max(raw, 1e-9)));
  let step = [1, 2, 5, 10].map(f => f * power).find(s => s >= raw) / (run.timed ? run.unit : 1);
  if (!run.timed) step = Math.max(1, Math.round(step));
  const list = [];
  for (let at = Math.max(0, Math.ceil(view.from / step) * step); at <= Math.min(view.to, run.end); at += step) list.push(at);
  return { list, step };
}
