// Follows the live stream. The browser comes back by itself with the last event's id; what it cannot see is watched here.

import { state, tell } from './state.js';

/** Longer than three heartbeats. */
const SILENCE = 16000;

let source;
let lastId = '';
let heard = 0;
let lostSince = null;
let hooks;

/** `report(state, text)`: how the connection is. `reload()`: events were missed. `projection(change)`, `signal(signal)`. */
export function follow(given) {
  hooks = given;
  open();
  setInterval(watch, 1000);
}

function open() {
  source?.close();
  source = new EventSource(lastId ? `/v1/stream?lastEventId=${encodeURIComponent(lastId)}` : '/v1/stream');
  heard = Date.now();
  source.addEventListener('hello', (event) => { live(event); hooks.reload(); });
  source.addEventListener('resumed', live);
  source.addEventListener('reset', (event) => { live(event); hooks.reload(); });
  source.addEventListener('heartbeat', live);
  source.addEventListener('projection', (event) => { live(event); hooks.projection(JSON.parse(event.data)); });
  source.addEventListener('signal', (event) => { live(event); hooks.signal(JSON.parse(event.data)); });
  source.addEventListener('error', lost);
}

function live(event) {
  lastId = event.lastEventId || lastId;
  heard = Date.now();
  lostSince = null;
  hooks.report('live', 'Live');
}

function lost() {
  lostSince ??= Date.now();
  const since = new Date(lostSince).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  hooks.report('lost', `Not connected since ${since}, trying again`);
}

function watch() {
  const isSilent = Date.now() - heard > SILENCE;
  if (source.readyState === EventSource.CLOSED || isSilent) {
    lost();
    // Not more often than the stream itself asks for.
    if (Date.now() - heard > SILENCE || source.readyState === EventSource.CLOSED) retry();
  }
}

let retried = 0;
function retry() {
  if (Date.now() - retried < 2000) return;
  retried = Date.now();
  open();
}

export function applyProjection(change) {
  if (!state.now || change.now > state.now) state.now = change.now;
  const row = state.areas.get(change.area);
  if (row) {
    const counts = change.measures[state.measure];
    if (counts) {
      row.count = counts[state.window];
      row.previous = counts[`previous${state.window}`];
      row.difference = row.count - row.previous;
    }
    if (change.signals) row.signals = change.signals.length;
  }
  tell('areas', 'now');
}

export function applySignal(signal) {
  const known = state.standing.get(signal.id);
  if (known && known.revision >= signal.revision) return;
  if (signal.status === 'raised' || signal.status === 'updated') state.standing.set(signal.id, { ...signal, isFresh: true });
  else state.standing.delete(signal.id);
  state.changes = [signal, ...state.changes.filter((other) => other.id !== signal.id)].slice(0, 30);
  tell('signals');
}
