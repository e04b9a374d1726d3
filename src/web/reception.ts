import { type FileHandle, open, rm } from 'node:fs/promises';
import { Writable } from 'node:stream';

/**
 * Takes one uploaded file to disk, counting. What is too much, or finds no room on the disk, is swallowed without an
 * error, so that the rest of the form is still read and its fields are not lost. Nothing stays of a file that is not
 * received whole.
 */
export class Reception extends Writable {
  size = 0;
  failure: NodeJS.ErrnoException | undefined;
  #handle: FileHandle | undefined;

  constructor(
    readonly path: string,
    /** What the sender calls it, cleaned. */
    readonly name: string,
    private readonly maxBytes: number,
  ) {
    // One chunk ahead: the disk writes while the next is parsed. More was slower, and memory would grow with the senders.
    super({ highWaterMark: 64 * 1024 });
  }

  get tooBig(): boolean {
    return this.size > this.maxBytes;
  }

  /** Whether there is a file to work with. */
  get whole(): boolean {
    return this.writableFinished && !this.tooBig && this.failure === undefined;
  }

  /** Stops receiving, and removes the file unless somebody has moved it away. */
  async discard(): Promise<void> {
    this.destroy();
    if (!this.closed) await new Promise((closed) => this.once('close', closed));
    await rm(this.path, { force: true });
  }

  override _construct(done: (error?: Error | null) => void): void {
    void this.#try(async () => {
      this.#handle = await open(this.path, 'wx', 0o600);
    }).then(() => done());
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#take([chunk], done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#take(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: (error?: Error | null) => void): void {
    void this.#try(() => this.#close()).then(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const finish = () => done(error);
    if (this.whole) finish();
    else void this.#remove().then(finish, finish);
  }

  #take(chunks: Buffer[], done: () => void): void {
    for (const chunk of chunks) this.size += chunk.length;
    const handle = this.#handle;
    if (!handle) done();
    else if (this.tooBig) void this.#try(() => this.#remove()).then(done);
    else void this.#try(() => writeAll(handle, chunks)).then(done);
  }

  async #try(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.failure ??= error as NodeJS.ErrnoException;
      await this.#remove().catch(() => undefined);
    }
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #remove(): Promise<void> {
    await this.#close();
    await rm(this.path, { force: true });
  }
}

/** A write may take only a part, above all just before the disk is full. */
async function writeAll(handle: FileHandle, chunks: Buffer[]): Promise<void> {
  let left = chunks;
  while (left.length > 0) {
    let { bytesWritten } = await handle.writev(left);
    left = left.flatMap((chunk) => {
      const taken = Math.min(bytesWritten, chunk.length);
      bytesWritten -= taken;
      return taken === chunk.length ? [] : [chunk.subarray(taken)];
    });
  }
}
