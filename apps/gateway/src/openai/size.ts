import { type Json, property, text } from './json.ts';

/** What a request holds, as far as it is counted without a tokenizer. */
export interface Size {
  turns: number;
  characters: number;
  images: number;
}

/** Mean characters of a token. English has about four; where a script has fewer, the provider has the last word. */
export const CHARACTERS_PER_TOKEN = 4;

export function chatSize({ messages }: Json): Size {
  const size = empty();
  if (!Array.isArray(messages)) return size;
  size.turns = messages.length;
  for (const message of messages) addContent(size, property(message, 'content'));
  return size;
}

/** The input of embeddings: a text, texts, tokens, or lists of tokens. */
export function inputSize({ input }: Json): Size {
  return textSize(input);
}

/** The prompt of a text completion, in the same forms; or of a picture. */
export function promptSize({ prompt }: Json): Size {
  return textSize(prompt);
}

/** What is to be changed in a picture, and the picture. */
export function editSize(json: Json): Size {
  return { ...promptSize(json), images: 1 };
}

/** What moderations look at: texts, or parts of a message. */
export function moderationSize({ input }: Json): Size {
  const size = empty();
  addContent(size, input);
  return size;
}

/** The instructions and the items of a response's input: messages, calls of tools and what they gave. */
export function responseSize({ instructions, input }: Json): Size {
  const size = empty();
  addContent(size, instructions);
  if (!Array.isArray(input)) {
    size.turns = 1;
    addContent(size, input);
    return size;
  }
  for (const item of input) {
    if (property(item, 'role') !== undefined) size.turns++;
    addContent(size, property(item, 'content'));
    addContent(size, property(item, 'arguments'));
    addContent(size, property(item, 'output'));
  }
  return size;
}

function empty(): Size {
  return { turns: 0, characters: 0, images: 0 };
}

function addContent(size: Size, content: unknown): void {
  if (typeof content === 'string') size.characters += content.length;
  else if (Array.isArray(content)) for (const part of content) addPart(size, part);
}

function addPart(size: Size, part: unknown): void {
  const type = property(part, 'type');
  if (type === 'image_url' || type === 'input_image') size.images++;
  else
    size.characters +=
      (typeof part === 'string' ? part : text(property(part, 'text')))?.length ?? 0;
}

function textSize(input: unknown): Size {
  const size = empty();
  const add = (item: unknown): void => {
    if (typeof item === 'string') size.characters += item.length;
    else if (typeof item === 'number') size.characters += CHARACTERS_PER_TOKEN;
  };
  // Lists of lists of tokens are as deep as it goes; a body may go deeper than the stack.
  const addAll = (item: unknown): void => {
    if (Array.isArray(item)) for (const inner of item) add(inner);
    else add(item);
  };
  if (Array.isArray(input)) for (const item of input) addAll(item);
  else add(input);
  return size;
}
