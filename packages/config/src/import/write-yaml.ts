import {
  Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  type Node,
  type Pair,
  Scalar,
} from 'yaml';

import type { ConfigFile } from '../define-config.ts';
import type { Path } from '../problem.ts';
import { formatDifference, type Note } from './difference.ts';

/**
 * A configuration as a person would write it. What differs from the source stands as a comment where it matters, or at the
 * top where it has no place of its own.
 */
export function writeYaml(config: ConfigFile, origin: string, notes: readonly Note[]): string {
  const document = new Document(config, { aliasDuplicateObjects: false });
  const elsewhere: string[] = [];
  for (const note of notes) {
    const node = nodeOf(note.about, config, document);
    if (node === undefined) elsewhere.push(formatDifference(note));
    else comment(node, ` ${sentence(note)}`);
  }
  flow(document.contents, 0);
  const head = [
    `Imported from ${origin}.`,
    ...(elsewhere.length === 0
      ? []
      : ['', 'Of the source:', ...elsewhere.map((line) => `- ${line}`)]),
  ];
  document.commentBefore = head.map((line) => (line === '' ? '' : ` ${line}`)).join('\n');
  return document.toString({ lineWidth: 0, singleQuote: true });
}

/** What a comment says: the message with the key of the source it is about. */
function sentence({ path, message }: Note): string {
  const key = /(?:^|\.)(\w+)$/.exec(path)?.[1];
  return key === undefined ? message : `${key} ${message}`;
}

function nodeOf(about: Note['about'], config: ConfigFile, document: Document): Node | undefined {
  if (typeof about !== 'string') return about && keyAt(document, about);
  const index = config.targets!.findIndex(({ id }) => id === about);
  return index < 0 ? undefined : keyAt(document, ['targets', index]);
}

/** The node that a comment about the value at `path` goes before: its key, or the item of a list. */
function keyAt(document: Document, path: Path): Node | undefined {
  const parent: unknown = document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && key.value === last);
    return isScalar(pair?.key) ? pair.key : undefined;
  }
  const item: unknown = isCollection(parent) ? parent.get(last, true) : undefined;
  return isNode(item) ? item : undefined;
}

function comment(node: Node, text: string): void {
  node.commentBefore = node.commentBefore ? `${node.commentBefore}\n${text}` : text;
}

/** Writes short mappings and lists on one line: limits, prices, names of targets. */
function flow(node: unknown, depth: number): void {
  if (!isCollection(node)) return;
  const inner = node.items.flatMap((item) =>
    isMap(node) ? [(item as Pair).key, (item as Pair).value] : [item],
  );
  const isShort =
    depth > 1 &&
    inner.every(
      (one) => isScalar(one) && !one.commentBefore && !String(one.value).includes('${'),
    ) &&
    inner.reduce<number>((length, one) => length + String((one as Scalar).value).length + 2, 0) <=
      70;
  const isTarget = isMap(node) && node.has('provider');
  if (isShort && !isTarget) node.flow = true;
  else for (const one of inner) flow(one, depth + 1);
}
