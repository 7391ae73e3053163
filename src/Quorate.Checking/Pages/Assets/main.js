// Puts the page together.
function fillHeader() {
  byId('title').textContent = run.title;
  const words = { none: '', valid: '✓ holds', invalid: '✕ violated', unknown: '? not decided' }[run.verdict];
  byId('verdict').textContent = words;
  byId('verdict').hidden = words === '';
  byId('verdict').classList.add(run.verdict);
  byId('facts').append(...run.facts.map(([name, value]) => {
    const pair = element('div');
    pair.append(element('dt', name), element('dd', value));
    return pair;
  }));
  byId('notes').hidden = run.notes.length === 0;
  byId('notes').append(...run.notes.map(note => element('li', note)));
  byId('replay').hidden = run.replay === '';
  byId('replay-line').textContent = run.replay;
  byId('replay-copy').addEventListener('click', () => copy(run.replay));
  byId('head-when').textContent = run.timed ? 'Time' : 'Step';
  const [first, ...rest] = run.violation.split('\n');
  byId('violation').hidden = run.violation === '';
  byId('violation-first').textContent = first;
  byId('violation-more').hidden = rest.length === 0;
  byId('violation-text').textContent = rest.join('\n').trim();
}

// Where the clipboard is not to be had (a page from a file, in some browsers), the line is selected instead.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    byId('replay-copy').textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(byId('replay-line'));
    byId('replay-copy').textContent = 'Selected';
  }
}

function listen() {
  byId('search').addEventListener('input', e => { filters.query = e.target.value; refilter(); });
  byId('zoom-in').addEventListener('click', () => zoom(0.6));
  byId('zoom-out').addEventListener('click', () => zoom(1 / 0.6));
  byId('zoom-all').addEventListener('click', zoomToAll);
  byId('to-witness').addEventListener('click', zoomToWitness);
  byId('help-open').addEventListener('click', () => byId('help').showModal());
  byId('spotlight').addEventListener('change', e => { filters.spotlight = e.target.checked; redraw(); });
  byId('theme').addEventListener('click', () => setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'));
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', () => setTheme(dark.matches ? 'dark' : 'light'));
  let theme = 'light';
  const print = on => {
    if (printing === on) return;
    // Paper is light, whatever the screen is.
    if (on) theme = document.documentElement.dataset.theme;
    printing = on;
    setTheme(on ? 'light' : theme);
    drawNow();
  };
  matchMedia('print').addEventListener('change', e => print(e.matches));
  addEventListener('beforeprint', () => print(true));
  addEventListener('afterprint', () => print(false));
  new ResizeObserver(() => { forgetStrip(); redraw(); }).observe(plot);
  new ResizeObserver(redraw).observe(stage);
}

fillHeader();
applyFilters();
fillKinds();
fillKeys();
fillLabels();
fillWitness();
fillHelp();
listen();
setTheme(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
if (run.witness !== null || run.verdict === 'invalid' || run.focus[0] < run.focus[1]) zoomToWitness(); else zoomToAll();
drawNow();
document.documentElement.dataset.ready = 'true';
