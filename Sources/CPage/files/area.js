// One area: its windows, its days, police beside hospitals, its last signals.

import { on, state } from './state.js';
import { ago, byId, change, count, direction, h, MEASURES, moment, rarity, SEVERITIES, WINDOWS } from './words.js';
import { loadAreaSignals, loadProjection, loadSeries } from './api.js';
import { shownArea } from './signals.js';
import { chart } from './chart.js';

let asked = 0;

function windows(projection) {
  const counts = projection.measures[state.measure];
  return h('div', { class: 'tiles' }, ...Object.entries(WINDOWS).map(([name, words]) => {
    const before = counts[`previous${name}`];
    return h('div', { class: name === state.window ? 'tile on' : 'tile' }, h('span', {}, words), h('b', {}, count(counts[name])),
      h('span', { class: direction(counts[name], before) }, `${change(counts[name], before)} (${count(before)} before)`));
  }));
}

function hospitals(projection) {
  const hidden = projection.hiddenHarm;
  const title = h('h3', {}, 'Hospitals beside police, 28 days');
  if (!hidden) return [title, h('p', { class: 'quiet' }, 'Not known here: police and hospitals have not both sent something.')];
  const most = Math.max(hidden.hospitalKnife, hidden.knifeInjury, 1);
  const bar = (label, value) => [h('span', {}, label), h('meter', { min: 0, max: most, value, 'aria-label': label }), h('b', { class: 'n' }, count(value))];
  return [title, h('div', { class: 'pair' }, ...bar('Hospital: knife', hidden.hospitalKnife), ...bar('Police: knife injury', hidden.knifeInjury)),
    h('p', { class: 'quiet' }, `Up to ${moment(hidden.until)}. Some are the same: together at least ${count(hidden.atLeast)}, at most ${count(hidden.atMost)}.`)];
}

function signals(list) {
  if (!list.length) return h('p', { class: 'quiet' }, 'No signal has been raised here.');
  return h('ol', { class: 'life' }, ...list.map((signal) => h('li', { class: signal.severity },
    h('span', { class: 'badge' }, SEVERITIES[signal.severity]), ` ${MEASURES[signal.measure]}, ${signal.status} ${ago(signal.judgedAt)}. `,
    signal.explanation, ' ', h('span', { class: 'quiet' }, `${signal.evidence.count} events stand behind it; ${rarity(signal.recurrenceIntervalDays)}. `,
      h('a', { href: `/v1/signals/${signal.id}` }, 'Evidence and life')))));
}

async function show() {
  const area = shownArea();
  if (!area) return;
  const mine = ++asked;
  const title = byId('area-title');
  const body = byId('area-body');
  try {
    const [projection, series, list] = await Promise.all([
      loadProjection(area), loadSeries(area, state.measure), loadAreaSignals(area)]);
    if (mine !== asked) return;
    title.replaceChildren(projection.name, h('span', { class: 'count' }, projection.force ?? ''));
    const today = projection.measures[state.measure];
    body.replaceChildren(
      h('p', { class: 'quiet' }, `${MEASURES[state.measure]}: ${count(today.today)} today, ${count(today.yesterday)} yesterday.`),
      windows(projection), h('h3', {}, 'The last 90 days'), chart(series, body.clientWidth), ...hospitals(projection),
      h('h3', {}, 'Its last signals'), signals(list.signals),
      h('p', { class: 'quiet' }, h('a', { href: `/v1/series/${area}?measure=${state.measure}&format=csv` }, 'These days as CSV'), ' · ',
        h('a', { href: `/v1/projections/${area}` }, 'All counts of the area')));
    body.dataset.area = area;
  } catch (error) {
    if (mine !== asked) return;
    title.textContent = state.areas.get(area)?.name ?? area;
    body.replaceChildren(h('p', { class: 'quiet' }, error.message));
  }
}

let timer;
/** Soon, and not more often than every two seconds while events stream in. */
function showSoon() {
  timer ??= setTimeout(() => { timer = undefined; show(); }, 2000);
}

export function start() {
  let shown;
  on('chosen', () => {
    show();
    if (innerWidth <= 760 && state.area && state.area !== shown) byId('area').scrollIntoView();
    shown = state.area;
  });
  on('signals', () => { if (byId('area-body').dataset.area !== shownArea()) show(); else showSoon(); });
  on('area', showSoon);
}

export const isShown = (area) => area === shownArea();
