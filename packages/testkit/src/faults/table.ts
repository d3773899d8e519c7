import type { FaultCompany } from './run.ts';

/** How one row came out. */
export interface FaultResult {
  readonly row: string;
  readonly subject: string;
  readonly company: FaultCompany;
  /** Empty where the row holds. */
  readonly differences: readonly string[];
}

/** The results as a table to print: a line for each row, a column for each subject and company. */
export function faultTable(results: readonly FaultResult[]): string {
  const columns = [...new Set(results.map(columnOf))];
  const rows = [...new Set(results.map(({ row }) => row))];
  const cell = (row: string, column: string): string => {
    const result = results.find((one) => one.row === row && columnOf(one) === column);
    if (result === undefined) return '';
    const [first, ...more] = result.differences;
    if (first === undefined) return 'holds';
    return more.length === 0 ? first : `${first} (and ${more.length} more)`;
  };
  const lines = [
    ['upstream does', ...columns],
    ...rows.map((row) => [row, ...columns.map((column) => cell(row, column))]),
  ];
  const widths = ['', ...columns].map((_, index) =>
    Math.max(...lines.map((line) => line[index]!.length)),
  );
  const [head, ...body] = lines.map((line) =>
    line.map((text, index) => text.padEnd(widths[index]!)).join(' | '),
  );
  return [head, widths.map((width) => '-'.repeat(width)).join('-|-'), ...body].join('\n');
}

function columnOf({ subject, company }: FaultResult): string {
  return `${subject}, ${company}`;
}
