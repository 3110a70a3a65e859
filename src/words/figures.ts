/** How one language writes numbers, sizes, times. */
export interface Figures {
  number(n: number): string;
  bytes(n: number): string;
  /** Bytes per second. */
  rate(bytesPerSecond: number): string;
  /** A span of time, rounded so that it can be said in a breath. */
  span(seconds: number): string;
  percent(share: number): string;
  /** Milliseconds since 1970. */
  date(at: number): string;
  moment(at: number): string;
}

const SIZES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Decimal units, as disks and providers count. */
function scaled(n: number, first = 0): { value: number; unit: (typeof SIZES)[number] } {
  let value = Math.max(0, n);
  let step = first;
  while (value >= 999.5 && step < SIZES.length - 1) {
    value /= 1000;
    step++;
  }
  return { value, unit: SIZES[step]! };
}

export function figures(language: string): Figures {
  const formats = new Map<string, Intl.NumberFormat>();
  const format = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    const key = JSON.stringify(options);
    const known = formats.get(key) ?? new Intl.NumberFormat(language, options);
    formats.set(key, known);
    return known;
  };
  // Thin non-breaking spaces between a number and its unit, as between thousands.
  const thin = (text: string): string => (language === 'fr' ? text.replace(/[ \u00a0]/g, '\u202f') : text);
  const digits = (value: number): number => (value < 10 ? 1 : 0);
  const unit = (
    value: number,
    name: string,
    fraction: number,
    unitDisplay: 'short' | 'long' = 'short',
  ): string =>
    thin(format({ style: 'unit', unit: name, maximumFractionDigits: fraction, unitDisplay }).format(value));
  const moment = (at: number, options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(language, options).format(at);
  return {
    number: (n) => format({ maximumFractionDigits: 1 }).format(n),
    bytes(n) {
      const { value, unit: name } = scaled(n);
      if (name !== 'byte') return unit(value, name, digits(value));
      // The short form of English has no plural ("555 byte").
      return unit(value, name, 0, language === 'en' ? 'long' : 'short');
    },
    rate(bytesPerSecond) {
      // Below a kilobyte a second nobody counts.
      const { value, unit: name } = scaled(bytesPerSecond / 1000, 1);
      return unit(value, `${name}-per-second`, digits(value));
    },
    span(seconds) {
      if (seconds < 10) return unit(seconds, 'second', 1);
      if (seconds < 90) return unit(Math.round(seconds), 'second', 0);
      const minutes = Math.round(seconds / 60);
      if (minutes < 90) return unit(minutes, 'minute', 0);
      return `${unit(Math.floor(minutes / 60), 'hour', 0)} ${unit(minutes % 60, 'minute', 0)}`;
    },
    percent: (share) => thin(format({ style: 'percent', maximumFractionDigits: 0 }).format(share)),
    date: (at) => moment(at, { dateStyle: 'medium' }),
    moment: (at) => moment(at, { dateStyle: 'long', timeStyle: 'short' }),
  };
}
