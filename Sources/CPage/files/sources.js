// How fresh each source is, and what was refused. What is late or silent is said at the top of the page, too.

import { on, state } from './state.js';
import { age, ago, byId, count, h, moment, TOPICS } from './words.js';

const WORDS = { current: '✓', late: '⚠ late', silent: '✕ SILENT', unknown: '·' };
const SAID = { current: 'current', late: '', silent: '', unknown: 'no cadence agreed' };
const WEIGHT = { silent: 3, late: 2, current: 1, unknown: 0 };

const worst = (force) => Math.max(...Object.values(force.topics).map((topic) => WEIGHT[topic.state]));

function cell(topic) {
  if (!topic.received) return h('td', { class: topic.state }, h('span', { class: 'state unknown' }, WEIGHT[topic.state] > 1 ? WORDS[topic.state] : 'nothing'));
  return h('td', { class: topic.state, title: moment(topic.received) },
    h('span', { class: `state ${topic.state}` }, WORDS[topic.state], h('span', { class: 'said' }, SAID[topic.state])), ' ', h('span', { class: 'quiet' }, age(topic.received)));
}

/** When the journal's time was last seen to move. */
let moved = 0;
let seen = null;

function alerts() {
  if (state.now !== seen) {
    if (seen) moved = Date.now();
    seen = state.now;
  }
  const items = [];
  // The journal's time moves at least once an hour, whatever comes in.
  if (state.now && Date.now() - new Date(state.now) > 75 * 60000) {
    items.push(Date.now() - moved < 20000
      ? h('li', { class: 'late' }, h('strong', {}, '⚠ Catching up: '), 'what is shown is older than the clock, and moves on.')
      : h('li', {}, h('strong', {}, '✕ The pipeline stands still: '), `nothing is counted since ${moment(state.now)}. What is shown is old.`));
  }
  for (const force of state.sources.forces) {
    for (const [name, topic] of Object.entries(force.topics)) {
      if (WEIGHT[topic.state] < 2) continue;
      items.push(h('li', { class: topic.state }, h('strong', {}, topic.state === 'silent' ? '✕ Silent: ' : '⚠ Late: '),
        `${TOPICS[name]}, ${force.force}${topic.received ? `, last heard ${ago(topic.received)}` : ', never heard'}`));
    }
  }
  const bar = byId('alerts');
  // Said once: what is put in again would be read out again.
  const text = items.map((item) => item.textContent.replace(/, (last heard|never).*/, '')).join();
  if (bar.dataset.text === text) return;
  bar.dataset.text = text;
  bar.hidden = items.length === 0;
  const most = 8;
  const rest = items.length - most;
  bar.replaceChildren(h('ul', {}, ...items.slice(0, most), rest > 0 ? h('li', {}, h('a', { href: '#sources' }, `and ${rest} more`)) : null));
}

function show() {
  alerts();
  byId('source-rows').replaceChildren(...[...state.sources.forces].sort((a, b) => worst(b) - worst(a) || (a.force < b.force ? -1 : 1))
    .map((force) => h('tr', {}, h('th', { scope: 'row' }, force.force), ...Object.keys(TOPICS).map((name) => cell(force.topics[name])))));
  const { rejections } = state.refusals;
  byId('refusals-count').textContent = state.refusals.count ? count(state.refusals.count) : 'none';
  byId('refusal-rows').replaceChildren(...rejections.slice(0, 7).map((row) => h('tr', {},
    h('th', { scope: 'row' }, row.source, h('br'), h('span', { class: 'quiet' }, row.code)), h('td', { class: 'n' }, count(row.count)),
    h('td', {}, row.newest.action, ' ', h('span', { class: 'quiet' }, row.newest.member)))));
  if (rejections.length > 7) byId('refusal-rows').append(h('tr', {}, h('td', { colspan: 3, class: 'quiet' }, `and ${rejections.length - 7} more kinds`)));
}

export function start() {
  on('sources', show);
  on('now', alerts);
  setInterval(show, 30000);
}
