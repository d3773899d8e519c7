import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One value that was delivered. */
export interface Delivered {
  readonly name: string;
  readonly unit: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Of a histogram: how many values it has. */
  readonly value: number;
}

/** A collector on loopback that takes OTLP over HTTP, in protobuf. */
export class Collector implements AsyncDisposable {
  /** What arrived, delivery by delivery. */
  readonly deliveries: {
    readonly url: string;
    readonly headers: IncomingHttpHeaders;
    readonly resource: Readonly<Record<string, string>>;
    readonly values: readonly Delivered[];
  }[] = [];
  /** What it answers. */
  status = 200;
  readonly #server = createServer(async (req, res) => {
    const body = Buffer.concat(await req.toArray());
    const { url = '', headers } = req;
    this.deliveries.push({ url, headers, ...read(body) });
    res.writeHead(this.status, { 'content-type': 'application/x-protobuf' }).end();
    this.#onDelivery();
  });
  #onDelivery: () => void = () => {};

  /** Its address, listening. */
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when so many deliveries have arrived. */
  async until(count: number): Promise<void> {
    while (this.deliveries.length < count) {
      await new Promise<void>((resolve) => (this.#onDelivery = resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

type Fields = ReadonlyMap<number, readonly (Buffer | number)[]>;

/**
 * A message of protobuf by the numbers of its fields, which stand in opentelemetry/proto/metrics/v1/metrics.proto of
 * https://github.com/open-telemetry/opentelemetry-proto. Numbers of 64 bits are read as they are written there: fixed64.
 */
function fields(message: Buffer): Fields {
  const found = new Map<number, (Buffer | number)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = message[at++]!;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const number = key >> 3;
    const values = found.get(number) ?? [];
    found.set(number, values);
    switch (key & 7) {
      case 0:
        values.push(varint());
        break;
      case 1:
        values.push(message.subarray(at, (at += 8)));
        break;
      case 2: {
        const length = varint();
        values.push(message.subarray(at, (at += length)));
        break;
      }
      default:
        throw new Error(`wire type ${key & 7}`);
    }
  }
  return found;
}

function inside(message: Fields, ...path: readonly number[]): Fields[] {
  return path.reduce<Fields[]>(
    (messages, number) =>
      messages.flatMap((one) => (one.get(number) ?? []).map((value) => fields(value as Buffer))),
    [message],
  );
}

function text(message: Fields | undefined, number: number): string {
  return String(message?.get(number)?.[0] ?? '');
}

/** `KeyValue`s: a key, and a value that is a text. */
function attributesOf(message: Fields, number: number): Record<string, string> {
  const pairs = inside(message, number);
  return Object.fromEntries(pairs.map((pair) => [text(pair, 1), text(inside(pair, 2)[0], 1)]));
}

function read(body: Buffer): {
  readonly resource: Record<string, string>;
  readonly values: Delivered[];
} {
  const [resourceMetrics] = inside(fields(body), 1);
  const [resource] = inside(resourceMetrics!, 1);
  const values = inside(resourceMetrics!, 2, 2).flatMap((metric) => {
    const name = text(metric, 1);
    const unit = text(metric, 3);
    // A gauge, a sum or a histogram; points are their first field.
    const numbers = [...inside(metric, 5, 1), ...inside(metric, 7, 1)].map((point) => ({
      attributes: attributesOf(point, 7),
      value: numberOf(point),
    }));
    const histograms = inside(metric, 9, 1).map((point) => ({
      attributes: attributesOf(point, 9),
      value: Number((point.get(4)![0] as Buffer).readBigUInt64LE()),
    }));
    return [...numbers, ...histograms].map((point) => ({ name, unit, ...point }));
  });
  return { resource: attributesOf(resource!, 1), values };
}

function numberOf(point: Fields): number {
  const [double] = point.get(4) ?? [];
  if (double !== undefined) return (double as Buffer).readDoubleLE();
  return Number((point.get(6)![0] as Buffer).readBigInt64LE());
}
