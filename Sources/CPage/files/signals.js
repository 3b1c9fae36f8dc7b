// The ranked list of what stands, and what changed last.

import { choose, on, state } from './state.js';
import { ago, byId, byRank, count, h, MEASURES, moment, rarity, SEVERITIES } from './words.js';

const STATUS = { raised: 'raised', updated: 'updated', cleared: 'cleared', withdrawn: 'withdrawn' };

export const ranked = () => [...state.standing.values()].sort(byRank);

/** The area that is shown: the chosen one, or that of the top signal. */
export function shownArea() {
  return state.area ?? ranked()[0]?.area ?? [...state.areas.values()].sort((a, b) => b.count - a.count)[0]?.area ?? null;
}

/** How many areas are listed before somebody asks for all: a list that is too long is not read. */
const MOST = innerWidth <= 760 ? 4 : 8;
let isWhole = false;

/** The standing signals by area, areas by their best: measures are nested, so one day is often several signals. */
function byArea() {
  const areas = new Map();
  for (const signal of ranked()) areas.set(signal.area, [...(areas.get(signal.area) ?? []), signal]);
  return [...areas.values()];
}

const usual = (expected) => (Math.round(expected) === 0 ? 'hardly any are usual' : `about ${Math.round(expected)} is usual`);
const also = (signal) => h('span', { class: 'also' },
  `Also ${MEASURES[signal.measure].toLowerCase()}: ${count(signal.observed)} where ${usual(signal.expected)} (${signal.severity})`);

function card([signal, ...others]) {
  const isShown = shownArea() === signal.area;
  const changed = signal.judgedAt === signal.raisedAt ? '' : ` · changed ${ago(signal.judgedAt)}`;
  return h('li', {},
    h('button', {
      type: 'button', class: `signal ${signal.severity}${[signal, ...others].some((one) => one.isFresh) ? ' fresh' : ''}`, 'data-id': signal.id,
      'aria-pressed': String(isShown), onclick: () => choose({ area: signal.area, measure: signal.measure }),
    },
    h('span', { class: 'figures' }, h('b', {}, count(signal.observed)), h('span', {}, `usual ${Math.round(signal.expected)}`)),
    h('span', { class: 'where' }, signal.name, ' ', h('span', { class: 'force' }, signal.force)),
    h('span', { class: 'badge' }, SEVERITIES[signal.severity]),
    h('span', { class: 'why' }, signal.explanation),
    ...others.map(also),
    h('span', { class: 'when' }, `raised ${ago(signal.raisedAt)}${changed} · ${rarity(signal.recurrenceIntervalDays)}`)));
}

function show() {
  const signals = ranked();
  const list = byId('signal-list');
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  const areas = byArea();
  list.replaceChildren(...(isWhole ? areas : areas.slice(0, MOST)).map(card));
  const more = byId('signals-more');
  more.hidden = areas.length <= MOST;
  more.textContent = isWhole ? 'Show the first only' : `Show all ${areas.length} areas`;
  if (focused) list.querySelector(`[data-id="${focused}"]`)?.focus();
  for (const signal of signals) if (signal.isFresh) setTimeout(() => { signal.isFresh = false; }, 4000);
  byId('signals-count').textContent = signals.length === 0 ? ''
    : `${signals.length} ${signals.length === 1 ? 'signal stands' : 'signals stand'} in ${areas.length} ${areas.length === 1 ? 'area' : 'areas'}`;
  const fresh = signals.find((signal) => signal.isFresh && signal.status === 'raised');
  if (fresh) byId('said').textContent = `New: ${fresh.explanation}`;
  const none = byId('signals-none');
  none.hidden = signals.length > 0;
  none.textContent = 'Nothing unusual stands now. The counts below move on.';
  document.title = signals.length ? `(${signals.length}) Bellwether` : 'Bellwether';
  byId('change-list').replaceChildren(...state.changes.slice(0, 12).map((signal) => h('li', {},
    h('strong', {}, `${STATUS[signal.status]} ${ago(signal.judgedAt)}: `),
    `${MEASURES[signal.measure]} in ${signal.name}. ${signal.explanation} `,
    h('span', { class: 'quiet' }, moment(signal.judgedAt)))));
}

export function start() {
  byId('signals-more').addEventListener('click', () => { isWhole = !isWhole; show(); });
  on('signals', show);
  on('chosen', show);
  // Ages grow by themselves.
  setInterval(show, 30000);
}
