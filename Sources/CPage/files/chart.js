// Ninety days of a measure: what was counted, what was expected, which days are in alarm.

import { count, h } from './words.js';

const HEIGHT = 190;
const MARGIN = { top: 14, right: 18, bottom: 22, left: 30 };

/** A detector's word on a day: the first that judges it. */
const judgement = (point) => Object.values(point.judgements)[0];

/** As wide as there is room, so that letters keep their size. */
export function chart(series, room) {
  const WIDTH = Math.max(260, Math.min(720, room));
  const alarms = series.points.filter((point) => point.alarms > 0);
  const total = series.points.reduce((sum, point) => sum + point.count, 0);
  const text = `${count(total)} in ${series.points.length} days, at most ${count(Math.max(...series.points.map((point) => point.count)))} in a day; `
    + (alarms.length ? `in alarm: ${alarms.map((point) => `${point.start} (${point.count})`).join(', ')}.` : 'no day in alarm.');
  if (!window.d3) return h('p', { class: 'quiet' }, text);
  const figure = h('figure');
  const svg = d3.create('svg').attr('class', 'chart').attr('viewBox', `0 0 ${WIDTH} ${HEIGHT}`).attr('role', 'img')
    .attr('aria-label', text);
  const days = series.points.map((point) => ({ ...point, date: new Date(`${point.start}T00:00:00Z`), word: judgement(point) }));
  const x = d3.scaleBand(days.map((day) => day.start), [MARGIN.left, WIDTH - MARGIN.right]).padding(0.15);
  const top = d3.max(days, (day) => Math.max(day.count, day.word?.threshold ?? 0, 1));
  const y = d3.scaleLinear([0, top], [HEIGHT - MARGIN.bottom, MARGIN.top]).nice(4);
  const middle = (day) => x(day.start) + x.bandwidth() / 2;
  const judged = (day) => day.word != null && day.word.threshold != null;
  svg.append('path').datum(days).attr('class', 'band').attr('d', d3.area().defined(judged).x(middle)
    .y0((day) => y(Math.max(0, 2 * day.word.expected - day.word.threshold))).y1((day) => y(day.word.threshold)).curve(d3.curveStepBefore));
  svg.selectAll('rect').data(days).join('rect').attr('class', (day) => (day.alarms ? 'bar alarm' : 'bar'))
    .attr('x', (day) => x(day.start)).attr('width', x.bandwidth())
    .attr('y', (day) => y(day.count)).attr('height', (day) => y(0) - y(day.count))
    .append('title').text((day) => `${day.start}: ${day.count}${judged(day) ? `, ${day.word.expected} expected, alarm over ${day.word.threshold}` : ''}`);
  svg.append('path').datum(days).attr('class', 'expected')
    .attr('d', d3.line().defined((day) => day.word != null).x(middle).y((day) => y(day.word.expected)));
  svg.selectAll('text.flag').data(days.filter((day) => day.alarms)).join('text').attr('class', 'flag')
    .attr('x', middle).attr('y', (day) => y(day.count) - 3).text('▲');
  const firsts = days.filter((day) => day.date.getUTCDay() === 1);
  svg.append('g').attr('transform', `translate(0,${HEIGHT - MARGIN.bottom})`).call(d3.axisBottom(x)
    .tickValues(firsts.filter((_, place) => place % 2 === 0).map((day) => day.start)).tickSize(4)
    .tickFormat((start) => d3.utcFormat('%-d %b')(new Date(`${start}T00:00:00Z`))));
  svg.append('g').attr('transform', `translate(${MARGIN.left},0)`).call(d3.axisLeft(y).ticks(4, 'd').tickSize(3));
  figure.append(svg.node(), h('div', { class: 'key' }, h('span', {}, h('i', {}), 'a day'),
    h('span', {}, h('i', { class: 'k-alarm' }), 'in alarm'), h('span', {}, h('i', { class: 'k-line' }), 'expected'),
    h('span', {}, h('i', { class: 'k-band' }), 'usual up to here')));
  return figure;
}
