// What the page knows, and what is chosen. Whoever shows something listens for its name.

const listeners = new Map();

export const state = {
  measure: 'knifeCrime',
  window: '28d',
  /** The chosen area; null follows the top signal. */
  area: null,
  /** Rows of the comparison, by area. */
  areas: new Map(),
  /** Signals that stand, by id. */
  standing: new Map(),
  /** The newest revisions, the newest first. */
  changes: [],
  sources: { forces: [], sources: [] },
  refusals: { count: 0, rejections: [] },
  now: null,
  outlines: null,
};

export function on(name, body) {
  if (!listeners.has(name)) listeners.set(name, []);
  listeners.get(name).push(body);
}

const due = new Set();
/** Tells, soon and once, however often something changed meanwhile. */
export function tell(...names) {
  if (due.size === 0) setTimeout(() => {
    const told = [...due];
    due.clear();
    for (const name of told) for (const body of listeners.get(name) ?? []) body();
  }, 200);
  for (const name of names) due.add(name);
}

/** The address carries what is chosen, so that it can be sent to a colleague. */
export function readAddress(measures, windows) {
  const query = new URLSearchParams(location.search);
  if (query.get('measure') in measures) state.measure = query.get('measure');
  if (query.get('window') in windows) state.window = query.get('window');
  state.area = query.get('area');
}

export function choose(chosen) {
  Object.assign(state, chosen);
  const query = new URLSearchParams({ measure: state.measure, window: state.window });
  if (state.area) query.set('area', state.area);
  history.pushState(null, '', `?${query}`);
  tell('chosen');
}
