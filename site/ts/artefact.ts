// An artefact in the page: a WebAssembly module that imports nothing, so no call can reach the network, the clock or the page.

import type { Call } from "./contract";

interface Exports extends Record<Call, ((length: number) => number) | undefined> {
  memory: WebAssembly.Memory;
  _initialize(): void;
  input(length: number): number;
  output(): number;
}

// An artefact frees nothing (package recipe says why). So an instance is given this much memory at once, and when most of it is used, all
// of it is put back as it was when the instance was new. A new instance each time would do as well, but browsers and edges keep hundreds of
// megabytes of old ones before they collect them.
const room = 8 << 20;

/** The bytes fetched are not the ones that the page names. */
export class WrongBytes extends Error {}

export class Artefact {
  private instance: Instance;

  /** sha256 is of the module's bytes; "" where the browser has no way to compute it (an address that is not secure). */
  constructor(private readonly module: WebAssembly.Module, readonly sha256: string) {
    this.instance = new Instance(module);
  }

  /** fetch takes the module from an address, if its bytes are the wanted ones. */
  static async fetch(url: string, wanted: string): Promise<Artefact> {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`couldn't fetch ${url}: ${answer.status}`);
    const bytes = await answer.arrayBuffer();
    const compiled = WebAssembly.compile(bytes); // which runs nothing
    compiled.catch(() => undefined); // bytes that are no module are first of all the wrong ones
    const sum = await sha256(bytes);
    if (sum !== "" && sum !== wanted) throw new WrongBytes(url);
    return new Artefact(await compiled, sum);
  }

  /** call hands text to the artefact and returns its answer. The text may come in pieces; those that are bytes are not encoded at each call. */
  call(name: Call, ...text: Piece[]): string {
    return this.take(name, text, (view) => new TextDecoder().decode(view));
  }

  /** answer hands bytes over and returns a copy of those it gives. */
  answer(name: Call, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    return this.take(name, [bytes], (view) => view.slice());
  }

  /** take lets read see an answer where it lies. After a trap the instance is not used again. */
  private take<T>(name: Call, input: Piece[], read: (view: Uint8Array<ArrayBuffer>) => T): T {
    if (!this.instance.fits) this.instance = new Instance(this.module);
    try {
      return this.instance.take(name, input, read);
    } catch (trap) {
      this.instance = new Instance(this.module);
      throw trap;
    }
  }
}

/** A Piece of an input: text, or the bytes of text that is the same at many calls. */
export type Piece = string | Uint8Array;

/** opening is the beginning of an input with words, which come first, so that whatever follows is refused in the reader's language. */
export const opening = (words: unknown): Uint8Array => encoder.encode(`{"words":${JSON.stringify(words)},`);

const limit = 1 << 20; // bytes of an input
const encoder = new TextEncoder();

/** widest is the most bytes that a piece can be: three for each unit of UTF-16. */
const widest = (p: Piece): number => (typeof p === "string" ? 3 * p.length : p.length);

class Instance {
  private readonly x: Exports;
  private readonly size: number;
  private readonly start: Uint8Array; // the memory's beginning when it was new; the rest was zero

  constructor(module: WebAssembly.Module) {
    this.x = new WebAssembly.Instance(module).exports as unknown as Exports;
    this.x._initialize();
    while (this.x.memory.buffer.byteLength < room) this.x.input(1 << 20); // takes room and writes nothing there
    const memory = this.memory();
    this.size = memory.length;
    const cells = new Int32Array(memory.buffer); // a quarter of the steps
    let end = cells.length;
    while (end > 0 && cells[end - 1] === 0) end--;
    this.start = memory.slice(0, end * 4);
  }

  /** fits says whether the memory has not grown: once it has, it cannot be put back. */
  get fits(): boolean {
    return this.x.memory.buffer.byteLength === this.size;
  }

  take<T>(name: Call, input: Piece[], read: (view: Uint8Array<ArrayBuffer>) => T): T {
    const run = this.x[name];
    if (!run) throw new Error(`the artefact has no call ${name}`);
    const taken = run(this.write(input));
    const output = this.x.output();
    const answer = read(this.memory().subarray(output, output + taken));
    if (output > this.size * 0.8 && this.fits) {
      const memory = this.memory();
      memory.fill(0, this.start.length);
      memory.set(this.start);
    }
    return answer;
  }

  /** write puts an input where the artefact reads it, text without a copy of its own, and returns its length. */
  private write(input: Piece[]): number {
    let room = input.reduce((sum, p) => sum + widest(p), 0);
    if (room > limit) { // as it may be by this count alone
      input = input.map((p) => (typeof p === "string" ? encoder.encode(p) : p));
      room = input.reduce((sum, p) => sum + p.length, 0);
    }
    const at = this.x.input(room);
    if (at === 0 && room > 0) throw new RangeError("the input is above 1 MiB");
    const memory = this.memory();
    let end = at;
    for (const p of input) {
      if (typeof p === "string") {
        end += encoder.encodeInto(p, memory.subarray(end, at + room)).written;
      } else {
        memory.set(p, end);
        end += p.length;
      }
    }
    return end - at;
  }

  /** memory is a view of it, which is gone when the memory grows. */
  private memory(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.x.memory.buffer as ArrayBuffer);
  }
}

/** sha256 returns the hex digest, or "" where the browser offers none. */
export async function sha256(bytes: BufferSource): Promise<string> {
  if (!globalThis.crypto?.subtle) return "";
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(sum, (b) => b.toString(16).padStart(2, "0")).join("");
}
