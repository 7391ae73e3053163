// Every key works anywhere but in a field; the help lists them.
const KEYS = [
  [['?'], 'this help', () => byId('help').showModal()],
  [['/'], 'search', () => byId('search').focus()],
  [['n', 'N'], 'next and previous of what was found', e => step(e.key === 'n' ? 1 : -1, true)],
  [[']', '['], 'next and previous event', e => step(e.key === ']' ? 1 : -1, false)],
  [['+', '=', '−', '-'], 'zoom in and out', e => zoom(e.key === '+' || e.key === '=' ? 0.6 : 1 / 0.6)],
  [['ArrowLeft', 'ArrowRight'], 'earlier and later', e => { pan(e.key === 'ArrowLeft' ? -0.15 : 0.15); redraw(); }],
  [['ArrowUp', 'ArrowDown'], 'lanes above and below', e => { stage.scrollTop += e.key === 'ArrowUp' ? -60 : 60; redraw(); }],
  [['v'], 'the violation', zoomToWitness],
  [['0', 'Home'], 'the whole run', zoomToAll],
  [['h'], 'routine messages on and off', () => toggleKind('routine')],
  [['m'], 'messages on and off', () => toggleKind('messages')],
  [['w'], 'dim what is not part of the witness', () => byId('spotlight').click()],
  [['d'], 'the diagram', () => plot.focus()],
  [['t'], 'the table of events', () => { byId('events').scrollIntoView(); byId('events').focus(); }],
  [['Escape'], 'clear selection and search', () => { select(null); byId('search').value = filters.query = ''; refilter(); }],
];
const NAMES = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc', '=': null, '-': null };

function fillHelp() {
  for (const [keys, words] of KEYS) {
    const term = element('dt');
    keys.filter(key => NAMES[key] !== null).forEach((key, n) => term.append(n > 0 ? ' ' : '', element('kbd', NAMES[key] ?? key)));
    byId('help-keys').append(term, element('dd', words));
  }
}

document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey || byId('help').open) return;
  const field = e.target.closest('input[type=search], select, textarea');
  if (field) {
    if (e.key === 'Escape') { field.blur(); plot.focus(); }
    else if (field.id === 'search' && e.key === 'Enter') { step(e.shiftKey ? -1 : 1, true); e.preventDefault(); }
    return;
  }
  // Arrows scroll what they are meant to scroll: only the diagram and the page itself pan.
  if (e.key.startsWith('Arrow') && e.target !== plot && e.target !== document.body) return;
  const binding = KEYS.find(([keys]) => keys.includes(e.key));
  if (!binding) return;
  binding[2](e);
  e.preventDefault();
});
