// The colours of the style sheet, for the canvases; read again when the theme changes.
const paint = {};
let printing = false;

function readPalette() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ['ground', 'paper', 'stripe', 'line', 'rule', 'ink', 'soft', 'faint', 'blue', 'blue-soft', 'red', 'red-soft', 'green', 'green-soft',
    'amber', 'amber-soft', 'purple', 'purple-soft', 'message', 'routine', 'bar', 'bar-line', 'halo'])
    paint[name.replace(/-(\w)/g, (_, c) => c.toUpperCase())] = style.getPropertyValue(`--${name}`).trim();
  paint.sans = style.getPropertyValue('--sans');
}

const fontOf = (size, weight = 400) => `${weight} ${size}px ${paint.sans}`;

// A pattern of slanted lines: hatching tells down from up without colour.
const hatches = new Map();
function hatch(context, colour, gap = 6) {
  const key = `${colour}/${gap}`;
  if (!hatches.has(key)) {
    const tile = document.createElement('canvas');
    tile.width = tile.height = gap;
    const c = tile.getContext('2d');
    c.strokeStyle = colour;
    c.lineWidth = 1;
    c.beginPath();
    for (const shift of [-gap, 0, gap]) { c.moveTo(shift, gap); c.lineTo(shift + gap, 0); }
    c.stroke();
    hatches.set(key, context.createPattern(tile, 'repeat'));
  }
  return hatches.get(key);
}

function sizeCanvas(canvas, width, height) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

// Where text was put, so that no two labels overlap.
const taken = [];
const isFree = (x, y, w, h) => taken.every(t => x + w < t.x || t.x + t.w < x || y + h < t.y || t.y + t.h < y);

// Writes a label where it overlaps no other; says whether it did.
function label(context, text, x, y, colour, { size = 11, weight = 400, align = 'left', halo = true, max = 260 } = {}) {
  context.font = fontOf(size, weight);
  const width = context.measureText(text).width;
  const left = align === 'center' ? x - width / 2 : align === 'right' ? x - width : x;
  if (width > max || left < 0 || left + width > view.width || !isFree(left - 6, y - size, width + 12, size + 3)) return false;
  taken.push({ x: left - 6, y: y - size, w: width + 12, h: size + 3 });
  if (halo) {
    context.lineWidth = 3;
    context.lineJoin = 'round';
    context.strokeStyle = paint.halo;
    context.strokeText(text, left, y);
  }
  context.fillStyle = colour;
  context.fillText(text, left, y);
  return true;
}

// As much of a text as fits into a width, or nothing.
function clipped(context, text, width) {
  if (width < 14) return '';
  if (context.measureText(text).width <= width) return text;
  let low = 0, high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle; else high = middle - 1;
  }
  return low > 1 ? `${text.slice(0, low)}…` : '';
}
