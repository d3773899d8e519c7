import { type ErrorEvent, plainErrorEvent, typedErrorEvent } from './error-event.ts';
import type { Json } from './json.ts';
import {
  chatSize,
  editSize,
  inputSize,
  moderationSize,
  promptSize,
  responseSize,
  type Size,
} from './size.ts';

/** One operation of OpenAI's API that is balanced: how its requests are read, and how its answers are written. */
export interface Operation {
  /** As rules, metrics and events name it. */
  readonly name: string;
  /** @defaultValue `POST` */
  readonly method?: 'GET' | 'POST' | 'DELETE' | undefined;
  /** Below `/v1`, here as at the provider. */
  readonly path: string;
  readonly size: (json: Json) => Size;
  /** Whether a body may be a form: what carries files. */
  readonly takesForm: boolean;
  /** Whether answers are handed on as they come: where the request asks for that, or always. */
  readonly streams: 'if_asked' | 'always';
  /** What ends a stream of events that broke off. */
  readonly errorEvent: ErrorEvent;
  /** Whether requests refer to what a provider has kept, and answers are kept. */
  readonly isStateful: boolean;
}

/** A JSON request; its answer is a stream of plain chunks if that is asked for. */
function plain(name: string, size: Operation['size'], path: string = `/${name}`): Operation {
  return {
    name,
    path,
    size,
    takesForm: false,
    streams: 'if_asked',
    errorEvent: plainErrorEvent,
    isStateful: false,
  };
}

/** As `plain`, but each event of a stream states its type. */
function typed(
  name: string,
  size: Operation['size'],
  path: string,
  special: Partial<Operation> = {},
): Operation {
  return { ...plain(name, size, path), errorEvent: typedErrorEvent, ...special };
}

export const chat: Operation = plain('chat', chatSize, '/chat/completions');

const stateful: Partial<Operation> = { isStateful: true };
const form: Partial<Operation> = { takesForm: true };

/** All that name their pool in the body, by `POST`. */
export const operations: readonly Operation[] = [
  chat,
  plain('completions', promptSize),
  typed('responses', responseSize, '/responses', stateful),
  typed('responses.compact', responseSize, '/responses/compact', stateful),
  typed('responses.input_tokens', responseSize, '/responses/input_tokens', stateful),
  plain('embeddings', inputSize),
  plain('moderations', moderationSize),
  typed('images.generations', promptSize, '/images/generations'),
  typed('images.edits', editSize, '/images/edits', form),
  typed('images.variations', editSize, '/images/variations', form),
  // It is as long as what it says, and is heard while it is made.
  typed('audio.speech', inputSize, '/audio/speech', { streams: 'always' }),
  typed('audio.transcriptions', promptSize, '/audio/transcriptions', form),
  typed('audio.translations', promptSize, '/audio/translations', form),
];
