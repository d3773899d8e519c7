import type { Terminal } from '../terminal/terminal.ts';
import { printable, wrapped } from '../terminal/text.ts';
import { textTable } from '../terminal/text-table.ts';
import type { Explained } from './facts.ts';
import { reasonInWords } from './reason-words.ts';

/** A decision for people: the choice in a sentence, every candidate in a row, and what would be next. */
export function explainedText(
  { explanation, pool }: Explained,
  { paint, stdout }: Pick<Terminal, 'paint' | 'stdout'>,
): string[] {
  const { target, candidates, order, strategy, path } = explanation;
  const admissible = candidates.filter(({ reason }) => reason === 'admissible').length;
  const choice =
    target === undefined
      ? paint('red', `No target of ${explanation.pool} would serve this request.`)
      : `${paint('green', printable(target))} would serve this request: ${strategy} picks it, ` +
        `${admissible} of ${candidates.length} targets of ${explanation.pool} can.`;
  const way = path.length === 0 ? [] : [`The way there: ${path.map(printable).join(' > ')}`];
  const rows = candidates.map((candidate) => {
    const { target: id, reason, score } = candidate;
    const place = order.indexOf(id);
    const facts = pool.targets.find((one) => one.id === id);
    return [
      place === 0 ? paint('green', printable(id)) : printable(id),
      place === -1 ? '–' : String(place + 1),
      typeof score === 'number' ? scoreText(score) : '',
      place === 0 ? 'is the choice' : place > 0 ? placeWords(place) : reasonInWords(reason, facts),
    ];
  });
  const table = textTable(
    [
      { title: 'target' },
      { title: 'order', side: 'right' },
      { title: 'score', side: 'right' },
      { title: 'why' },
    ],
    rows,
    (title) => paint('bold', title),
  );
  const [, ...after] = order;
  const next =
    target === undefined
      ? []
      : [
          '',
          after.length === 0
            ? 'If it failed there would be no other target to try.'
            : `If it failed, next: ${after.map(printable).join(', then ')}.`,
        ];
  const prose = (line: string): string[] => wrapped(line, stdout.columns ?? 120);
  return [...prose(choice), ...way.flatMap(prose), '', ...table, ...next.flatMap(prose)];
}

function placeWords(place: number): string {
  return place === 1 ? 'would be tried next' : 'would be tried after that';
}

/** As many digits as tell scores apart, whatever their size. */
function scoreText(score: number): string {
  return Number.isInteger(score) ? String(score) : String(Number(score.toPrecision(4)));
}
