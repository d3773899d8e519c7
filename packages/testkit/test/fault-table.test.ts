import { expect, it } from 'vitest';

import { faultTable } from '../src/faults/table.ts';

it('prints a line for each row and a column for each subject and company', () => {
  const of = (row: string, company: 'alone' | 'with another', differences: string[] = []) => ({
    row,
    subject: 'in process',
    company,
    differences,
  });
  const table = faultTable([
    of('500 once', 'with another'),
    of('500 once', 'alone', ['2 leases are left']),
    of('400', 'alone', ['status 500', 'status 500', 'status 500']),
  ]);
  expect(table.split('\n')).toEqual([
    'upstream does | in process, with another | in process, alone      ',
    '--------------|--------------------------|------------------------',
    '500 once      | holds                    | 2 leases are left      ',
    '400           |                          | status 500 (and 2 more)',
  ]);
});
