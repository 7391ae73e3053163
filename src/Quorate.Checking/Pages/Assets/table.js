// The same events as text, a page of rows at a time, under the same filters.
const ROWS = 100;
const table = { page: 0, list: [], stamp: '' };

function tableItems() {
  const inView = byId('in-view').checked, list = [];
  for (let n = 0; n < items.count; n++) {
    const type = items.type[n], i = items.index[n];
    if (!shown[type][i] || !isMatch(type, i)) continue;
    if (inView && (items.at[n] > view.to || endOf(type, i) < view.from)) continue;
    list.push(n);
  }
  return list;
}

function fillTable(force = false) {
  const stamp = byId('in-view').checked ? `${view.from}/${view.to}` : 'all';
  if (!force && stamp === table.stamp) return markRow();
  if (stamp !== table.stamp || force === 'filter') table.page = 0;
  table.stamp = stamp;
  table.list = tableItems();
  const pages = Math.max(1, Math.ceil(table.list.length / ROWS));
  table.page = Math.min(table.page, pages - 1);
  byId('page-of').textContent = `${table.list.length.toLocaleString('en')} events, page ${table.page + 1} of ${pages}`;
  byId('page-back').disabled = table.page === 0;
  byId('page-on').disabled = table.page === pages - 1;
  byId('rows').replaceChildren(...table.list.slice(table.page * ROWS, (table.page + 1) * ROWS).map(rowOf));
  markRow();
}

function rowOf(n) {
  const type = items.type[n], i = items.index[n], row = element('tr', undefined, { className: isBad(type, i) ? 'bad' : '' });
  row.dataset.item = n;
  const when = element('td');
  when.append(element('button', momentText(items.at[n]), { type: 'button' }));
  row.append(when, element('td', whereOf(type, i)), element('td', whatOf(type, i)), element('td', detailOf(type, i)));
  return row;
}

function markRow() {
  for (const row of byId('rows').children) {
    const n = Number(row.dataset.item);
    const current = selected !== null && items.type[n] === selected.type && items.index[n] === selected.i;
    if (current) row.setAttribute('aria-current', 'true'); else row.removeAttribute('aria-current');
  }
}

let tableTimer = 0;
afterDraw.push(() => {
  clearTimeout(tableTimer);
  tableTimer = setTimeout(fillTable, 120);
});
byId('rows').addEventListener('click', e => {
  const row = e.target.closest('tr');
  if (row) select({ type: items.type[row.dataset.item], i: items.index[row.dataset.item] }, { reveal: true });
});
byId('page-back').addEventListener('click', () => { table.page--; fillTable(true); });
byId('page-on').addEventListener('click', () => { table.page++; fillTable(true); });
byId('in-view').addEventListener('change', () => fillTable('filter'));
