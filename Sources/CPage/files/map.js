// London by quantiles, and all forces as a table.

import { choose, on, state } from './state.js';
import { byId, change, count, direction, h, MEASURES, WINDOWS } from './words.js';
import { shownArea } from './signals.js';

const WIDTH = 640;
const HEIGHT = 500;
const open = new Set();
let paths;
let cursor = null;

const isLondon = (row) => row.area.startsWith('E09');
const rows = () => [...state.areas.values()];

/** Where a count stands: 0 … 4 by quantiles of the boroughs that have any; `-` without. */
function scale(boroughs) {
  const counts = boroughs.map((row) => row.count).filter((value) => value > 0).sort((a, b) => a - b);
  const bounds = [0.2, 0.4, 0.6, 0.8].map((share) => counts[Math.floor(share * counts.length)] ?? Infinity);
  const place = (value) => (value > 0 ? bounds.filter((bound) => value >= bound).length : '-');
  return { place, counts };
}

function describe(row) {
  const signals = row.signals ? `, ${row.signals} ${row.signals === 1 ? 'signal stands' : 'signals stand'}` : '';
  return `${row.name}: ${count(row.count)}, ${count(row.previous)} before${signals}`;
}

/** d3 takes rings that go round with the clock, GeoJSON has them against it. */
const wound = (feature) => ({ ...feature, geometry: { ...feature.geometry,
  coordinates: feature.geometry.coordinates.map((polygon) => polygon.map((ring) => [...ring].reverse())) } });

function draw() {
  if (!window.d3) {
    byId('map-help').textContent = 'The map and the charts need d3, which is not installed here; the tables say the same.';
    byId('map').setAttribute('hidden', '');
    byId('map-table').open = true;
    return;
  }
  const features = state.outlines.features.map(wound);
  const projection = d3.geoMercator().fitExtent([[6, 6], [WIDTH - 6, HEIGHT - 6]], { type: 'FeatureCollection', features });
  const path = d3.geoPath(projection);
  const svg = d3.select('#map').attr('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  paths = svg.selectAll('path').data(features, (feature) => feature.id).join('path')
    .attr('d', path).attr('role', 'button').attr('data-area', (feature) => feature.id)
    .on('click', (feature) => choose({ area: feature.id }))
    .on('mousemove', (feature) => hint(feature.id, d3.event))
    .on('mouseleave', () => { byId('tip').hidden = true; })
    .on('focus', (feature) => { cursor = feature.id; });
  paths.each((feature) => { feature.middle = path.centroid(feature); });
  svg.selectAll('text').data(features, (feature) => feature.id).join('text').attr('class', 'mark')
    .attr('x', (feature) => feature.middle[0]).attr('y', (feature) => feature.middle[1] + 5).attr('aria-hidden', 'true');
  svg.on('keydown', () => move(d3.event));
}

function hint(area, event) {
  const row = state.areas.get(area);
  if (!row) return;
  const tip = byId('tip');
  tip.textContent = describe(row);
  tip.hidden = false;
  tip.style.left = `${Math.min(event.clientX + 14, innerWidth - 240)}px`;
  tip.style.top = `${event.clientY + 14}px`;
}

/** To the nearest borough in the direction of an arrow key. */
function move(event) {
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    if (cursor) choose({ area: cursor });
    return;
  }
  const way = ways[event.key];
  if (!way) return;
  event.preventDefault();
  const here = paths.data().find((feature) => feature.id === cursor);
  const [next] = paths.data().filter((feature) => feature !== here).map((feature) => {
    const x = feature.middle[0] - here.middle[0];
    const y = feature.middle[1] - here.middle[1];
    const along = x * way[0] + y * way[1];
    return { feature, cost: along > 0 ? Math.hypot(x, y) + 2 * Math.abs(x * way[1] + y * way[0]) : Infinity };
  }).sort((a, b) => a.cost - b.cost);
  if (!next || next.cost === Infinity) return;
  cursor = next.feature.id;
  paint();
  document.querySelector(`#map [data-area="${cursor}"]`).focus();
}

function paint() {
  const boroughs = rows().filter(isLondon);
  const { place, counts } = scale(boroughs);
  const shown = shownArea();
  if (paths) {
    cursor ??= boroughs.some((row) => row.area === shown) ? shown : 'E09000001';
    const row = (feature) => state.areas.get(feature.id) ?? { name: '', count: 0, previous: 0, signals: 0 };
    paths.attr('class', (feature) => `q${place(row(feature).count)}${row(feature).signals ? ' standing' : ''}${feature.id === shown ? ' chosen' : ''}`)
      .attr('aria-label', (feature) => describe(row(feature)))
      .attr('aria-pressed', (feature) => String(feature.id === shown))
      .attr('tabindex', (feature) => (feature.id === cursor ? 0 : -1));
    // What is outlined must not be hidden under a neighbour; moving what has the focus would lose it.
    if (!byId('map').contains(document.activeElement)) paths.filter('.standing').raise(), paths.filter('.chosen').raise();
    d3.selectAll('#map .mark').raise().text((feature) => (row(feature).signals ? '▲' : ''));
  }
  const groups = new Map();
  for (const value of counts) {
    const group = groups.get(place(value)) ?? { low: value, high: value, boroughs: 0 };
    groups.set(place(value), { low: group.low, high: value, boroughs: group.boroughs + 1 });
  }
  const entries = [...groups].map(([name, group]) => h('span', {}, h('i', { class: `q${name}` }),
    `${group.low === group.high ? count(group.low) : `${count(group.low)}–${count(group.high)}`} (${group.boroughs})`));
  const none = boroughs.length - counts.length;
  if (none > 0) entries.unshift(h('span', {}, h('i', { class: 'q-' }), `none (${none})`));
  byId('legend').replaceChildren(h('span', {}, 'Counts by quintile, boroughs in brackets:'), ...entries);
  byId('map-title').textContent = `London: ${MEASURES[state.measure].toLowerCase()}, ${WINDOWS[state.window]}`;
}

function line(row, attributes, first) {
  return h('tr', { class: row.area && row.area === shownArea() ? 'chosen' : null, ...attributes },
    h('th', { scope: 'row' }, first), h('td', { class: 'n' }, count(row.count)), h('td', { class: 'n' }, count(row.previous)),
    h('td', { class: `n ${direction(row.count, row.previous)}` }, change(row.count, row.previous)),
    h('td', { class: 'n' }, row.signals ? `▲ ${row.signals}` : ''));
}

const areaButton = (row) => h('button', { type: 'button', 'data-area': row.area, onclick: () => choose({ area: row.area }) }, row.name);

const byCount = (a, b) => b.count - a.count || (a.name < b.name ? -1 : 1);

function tables() {
  const focused = document.activeElement?.closest('tbody') ? { ...document.activeElement.dataset } : null;
  byId('borough-rows').replaceChildren(...rows().filter(isLondon).sort(byCount).map((row) => line(row, {}, areaButton(row))));
  const forces = new Map();
  for (const row of rows()) {
    if (!row.force) continue;
    const sum = forces.get(row.force) ?? { name: row.force, count: 0, previous: 0, signals: 0, areas: [] };
    sum.count += row.count;
    sum.previous += row.previous;
    sum.signals += row.signals;
    sum.areas.push(row);
    forces.set(row.force, sum);
  }
  byId('force-rows').replaceChildren(...[...forces.values()].sort(byCount).flatMap((force) => [
    line(force, {}, h('button', {
      type: 'button', 'data-force': force.name, 'aria-expanded': String(open.has(force.name)),
      onclick: () => { open.has(force.name) ? open.delete(force.name) : open.add(force.name); tables(); },
    }, `${open.has(force.name) ? '▾' : '▸'} ${force.name}`)),
    ...(open.has(force.name) ? force.areas.sort(byCount).map((row) => line(row, { class: `within${row.area === shownArea() ? ' chosen' : ''}` }, areaButton(row))) : []),
  ]));
  if (focused?.force) document.querySelector(`#force-rows [data-force="${CSS.escape(focused.force)}"]`)?.focus();
  else if (focused?.area) document.querySelector(`tbody [data-area="${CSS.escape(focused.area)}"]`)?.focus();
  byId('comparison-csv').href = `/v1/comparison?measure=${state.measure}&window=${state.window}&format=csv`;
}

export function start() {
  on('areas', () => {
    if (!paths && state.outlines) draw();
    paint();
    tables();
  });
  on('signals', paint);
  on('chosen', () => { paint(); tables(); });
}
