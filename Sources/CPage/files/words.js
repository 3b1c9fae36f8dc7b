// Names and numbers as people read them.

export const MEASURES = {
  knifeCrime: 'Knife crime', knifeInjury: 'Knife injury', knifeInjuryUnder25: 'Knife injury, under 25',
  knifeRobbery: 'Knife robbery', knifeHomicide: 'Knife homicide', possession: 'Possession of a blade',
  robbery: 'Robbery, any weapon', violence: 'Serious violence, any weapon', openViolence: 'Violence (open data)',
  openWeapons: 'Weapons (open data)', hospitalAssault: 'Hospital: assault', hospitalSharp: 'Hospital: sharp object',
  hospitalKnife: 'Hospital: knife', tagAlert: 'Tags: alert', tagBreach: 'Tags: confirmed breach',
};
export const WINDOWS = { '24h': '24 hours', '7d': '7 days', '28d': '28 days', '365d': '365 days' };
export const TOPICS = { incidents: 'Police', 'tag-breaches': 'Tags', hospital: 'Hospitals' };
export const SEVERITIES = { high: '▲▲▲ High', medium: '▲▲ Medium', low: '▲ Low' };
const RANK = { high: 2, medium: 1, low: 0 };

const number = new Intl.NumberFormat('en-GB');
const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', weekday: 'short', day: 'numeric', month: 'short' });

export const count = (value) => number.format(value);
export const moment = (text) => `${clock.format(new Date(text))}, ${date.format(new Date(text))}`;

export function ago(text, now = Date.now()) {
  const minutes = Math.max(0, Math.round((now - new Date(text)) / 60000));
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ago`;
  return `${Math.floor(hours / 24)} days ago`;
}

/** The same in the room of a table. */
export const age = (text) => ago(text).replace(' ago', '').replace(' days', ' d').replace('just now', 'now');

export function change(now, before) {
  const difference = now - before;
  if (difference === 0) return '±0';
  return `${difference > 0 ? '+' : '−'}${number.format(Math.abs(difference))}`;
}

export const direction = (now, before) => (now > before ? 'up' : now < before ? 'down' : '');

/** The most severe first, of those the rarest, then the one that changed last. */
export function byRank(a, b) {
  return RANK[b.severity] - RANK[a.severity]
    || (b.recurrenceIntervalDays ?? 0) - (a.recurrenceIntervalDays ?? 0)
    || (a.judgedAt === b.judgedAt ? 0 : a.judgedAt < b.judgedAt ? 1 : -1)
    || b.position.frame - a.position.frame || b.position.index - a.position.index;
}

export function rarity(days) {
  if (days == null) return '';
  if (days >= 36500) return 'chance alone: less than once in 100 years';
  if (days >= 730) return `chance alone: once in ${Math.floor(days / 365)} years`;
  return `chance alone: once in ${days} days`;
}

/** An element with attributes and children; texts are texts, never markup. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

export const byId = (id) => document.getElementById(id);
