import {
  type FaultCompany,
  type FaultResult,
  type FaultRow,
  faultRows,
  type FaultSubject,
  faultTable,
  runFault,
} from '@plimsoll/testkit';
import { afterAll, describe, expect, it } from 'vitest';

/** Puts `subject` through these rows, each a test, and prints the table. */
export function faultSuite(subject: FaultSubject, rows: readonly FaultRow[] = faultRows): void {
  const results: FaultResult[] = [];
  afterAll(() => console.log(`\n${faultTable(results)}\n`));

  const cases = rows.flatMap((row) => [
    ...(row.withAnother === undefined ? [] : [{ row, company: 'with another' as FaultCompany }]),
    ...(row.alone === undefined ? [] : [{ row, company: 'alone' as FaultCompany }]),
  ]);

  describe(`faults, ${subject.name}`, () => {
    it.each(cases)('$row.name, $company', async ({ row, company }) => {
      const differences = await runFault(row, company, subject);
      results.push({ row: row.name, subject: subject.name, company, differences });
      expect(differences).toEqual([]);
    });
  });
}
