// Asks the API of this host.

import { state, tell } from './state.js';

async function get(path) {
  const answer = await fetch(path, { headers: { Accept: 'application/json' } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? `status ${answer.status}`);
  return body;
}

let comparisons = 0;
export async function loadComparison() {
  const mine = ++comparisons;
  const { measure, window } = state;
  const body = await get(`/v1/comparison?measure=${measure}&window=${window}`);
  // A later choice has overtaken this answer.
  if (mine !== comparisons) return;
  state.areas = new Map(body.areas.map((row) => [row.area, row]));
  if (body.now) state.now = body.now;
  tell('areas', 'now');
}

export async function loadSignals() {
  const [standing, newest] = await Promise.all([
    get('/v1/signals?status=standing&order=rank&limit=200'), get('/v1/signals?limit=30')]);
  state.standing = new Map(standing.signals.map((signal) => [signal.id, signal]));
  state.changes = newest.signals;
  tell('signals');
}

export async function loadOperations() {
  [state.sources, state.refusals] = await Promise.all([get('/v1/sources'), get('/v1/rejections?hours=24')]);
  tell('sources');
}

export async function loadOutlines() {
  state.outlines = await get('/v1/areas.geojson');
  tell('areas');
}

export const loadAll = () => Promise.all([loadComparison(), loadSignals(), loadOperations()]);
export const loadProjection = (area) => get(`/v1/projections/${area}`);
export const loadSeries = (area, measure) => get(`/v1/series/${area}?measure=${measure}`);
export const loadAreaSignals = (area) => get(`/v1/signals?area=${area}&limit=8`);
