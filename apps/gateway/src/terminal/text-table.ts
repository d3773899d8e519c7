import { padded, widthOf } from './text.ts';

/** One column of a table. */
export interface Column {
  readonly title: string;
  /** Where its cells stand; figures stand on the right. @defaultValue `left` */
  readonly side?: 'left' | 'right';
}

/** Two spaces between columns, none at the end of a line. */
const GAP = '  ';

/** Lines of a table with a line of titles, each as wide as its widest cell; columns whose cells are all empty are left out. */
export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paintTitle: (title: string) => string = (title) => title,
): string[] {
  const used = columns.flatMap((column, index) => {
    const widths = rows.map((row) => widthOf(row[index]!));
    const width = Math.max(...widths, 0);
    return width === 0 ? [] : [{ ...column, index, width: Math.max(width, column.title.length) }];
  });
  const line = (cellOf: (index: number, title: string) => string): string =>
    used
      .map(({ index, title, width, side }) => padded(cellOf(index, title), width, side))
      .join(GAP)
      .trimEnd();
  return [
    line((_index, title) => paintTitle(title)),
    ...rows.map((row) => line((index) => row[index]!)),
  ];
}
