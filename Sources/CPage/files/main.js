// Puts the page together.

import { choose, on, readAddress, state, tell } from './state.js';
import { byId, h, MEASURES, moment, WINDOWS } from './words.js';
import { loadAll, loadComparison, loadOperations, loadOutlines } from './api.js';
import { applyProjection, applySignal, follow } from './stream.js';
import * as area from './area.js';
import * as map from './map.js';
import * as signals from './signals.js';
import * as sources from './sources.js';

function fill(select, names, name) {
  select.replaceChildren(...Object.entries(names).map(([value, words]) => h('option', { value }, words)));
  select.value = state[name];
  select.addEventListener('change', () => choose({ [name]: select.value }));
}

function theme() {
  const button = byId('theme');
  const themes = ['system', 'light', 'dark'];
  let chosen = localStorage.getItem('theme') ?? 'system';
  const apply = () => {
    if (chosen === 'system') document.documentElement.removeAttribute('data-theme');
    else document.documentElement.dataset.theme = chosen;
    button.textContent = `Theme: ${chosen}`;
  };
  button.addEventListener('click', () => {
    chosen = themes[(themes.indexOf(chosen) + 1) % themes.length];
    localStorage.setItem('theme', chosen);
    apply();
  });
  apply();
}

/** The answer of one request is missing: what is shown stays, and says so. */
function failed(error) {
  console.warn(error);
}

let compared = '';
function chosen() {
  byId('measure').value = state.measure;
  byId('window').value = state.window;
  const wanted = `${state.measure} ${state.window}`;
  if (wanted !== compared) loadComparison().catch(failed);
  compared = wanted;
}

theme();
readAddress(MEASURES, WINDOWS);
compared = `${state.measure} ${state.window}`;
fill(byId('measure'), MEASURES, 'measure');
fill(byId('window'), WINDOWS, 'window');
addEventListener('popstate', () => { readAddress(MEASURES, WINDOWS); tell('chosen'); });
on('chosen', chosen);
on('now', () => { if (state.now) { byId('now').textContent = moment(state.now); byId('now').dateTime = state.now; } });
signals.start();
map.start();
area.start();
sources.start();
loadOutlines().catch(failed);

follow({
  report(name, text) {
    byId('connection').dataset.state = name;
    if (byId('connection-text').textContent !== text) byId('connection-text').textContent = text;
  },
  reload: () => loadAll().catch(failed),
  projection(change) {
    applyProjection(change);
    if (area.isShown(change.area) && change.measures[state.measure]) tell('area');
  },
  signal: applySignal,
});
// What no event tells of, and what one that crossed an answer may have told too early.
setInterval(() => { loadOperations().catch(failed); loadComparison().catch(failed); }, 30000);
