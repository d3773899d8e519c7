/** One value of a metric; `suffix` belongs to the parts of a histogram. */
export type Sample = readonly [labels: Labels, value: number, suffix?: string];

export type Labels = Readonly<Record<string, string>>;

export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
}

/** As HTTP names the format. */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * A metric in Prometheus's text format; empty without a sample.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function exposition(prefix: string, metric: Metric, samples: Iterable<Sample>): string {
  const name = prefix + metric.name;
  let lines = '';
  for (const [labels, value, suffix = ''] of samples) {
    lines += `${name}${suffix}${labelText(labels)} ${valueText(value)}\n`;
  }
  if (lines === '') return '';
  return `# HELP ${name} ${metric.help}\n# TYPE ${name} ${metric.type}\n${lines}`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}

function valueText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
