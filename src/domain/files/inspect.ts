import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { TooMany } from '../../lib/errors.js';
import { workerFile } from '../../lib/worker-file.js';
import type { Started, Task } from './inspect.worker.js';
import { type Verdict, type Wanted, refusalsOf } from './verdict.js';

export type { Verdict } from './verdict.js';

export interface Inspector {
  /**
   * Says whether the file may be kept, and as what. A cleaned picture is written to `<path>.clean`; the caller removes
   * both. The name is only asked what the sender believes it to be; `wanted` is what its field takes, where it is not said
   * a document.
   *
   * @throws TooMany when more files wait than can be judged in a minute
   */
  inspect(path: string, claimed: { name: string; wanted?: Wanted }): Promise<Verdict>;
  /** Stops the threads; what is being judged fails. */
  close(): Promise<void>;
}

/** At some 0.3 s a picture the last in the queue is answered within the half minute that a person will wait. */
const MAX_QUEUE = 100;
const MAX_WAIT_MS = 60_000;
const IDLE_MS = 30_000;

/** Leaves a core to the pages. */
const THREADS = availableParallelism() > 2 ? 2 : 1;

/** Where a cleaned copy of an upload stands until it is stored. */
export function cleanedPath(path: string): string {
  return `${path}.clean`;
}

/**
 * Judges contents in threads of limited time and memory, so that a hostile file costs its sender a refusal and nobody
 * else anything. Threads start with the first file, do not keep the process alive and end after half a minute of rest.
 */
export function createInspector({ timeoutMs = 15_000, memoryMb = 256 } = {}): Inspector {
  let pool: Promise<Piscina<Task, Verdict>> | undefined;
  const waiting = new Map<number, { begin(served: number): void; fail(error: unknown): void }>();
  let lastId = 0;

  async function start(): Promise<Piscina<Task, Verdict>> {
    // sharp: its native library must first be loaded by the main thread, or it goes when the first worker ends.
    await import('sharp');
    const threads = new Piscina<Task, Verdict>({
      ...workerFile('src/domain/files/inspect.worker'),
      minThreads: 0,
      maxThreads: THREADS,
      idleTimeout: IDLE_MS,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 32 },
      // What reads hostile files has no use for the secrets of the environment.
      env: {},
    });
    threads.on('message', ({ id, served }: Started) => waiting.get(id)?.begin(served));
    // A thread that fails before it has a task (it cannot be loaded): its task would wait for ever.
    threads.on('error', (error) => waiting.forEach((task) => task.fail(error)));
    return threads;
  }

  /** One try. Ends by itself, whatever the file does. */
  async function run(
    path: string,
    name: string,
    wanted: Wanted,
  ): Promise<Verdict | 'too-heavy' | 'worn-out'> {
    const busy = new TooMany(60, 'Сейчас проверяется много файлов.');
    if (waiting.size >= MAX_QUEUE) throw busy;
    const id = ++lastId;
    const controller = new AbortController();
    let failure: unknown = busy;
    let servedBefore = 0;
    const fail = (error: unknown) => {
      failure = error;
      controller.abort();
    };
    let timer = setTimeout(() => controller.abort(), MAX_WAIT_MS);
    // The time in the queue is not the file's fault: its own time begins when a thread takes it up.
    const begin = (served: number) => {
      clearTimeout(timer);
      waiting.delete(id);
      servedBefore = served;
      timer = setTimeout(() => fail('too-heavy'), timeoutMs);
    };
    waiting.set(id, { begin, fail });
    const seconds = Math.ceil(timeoutMs / 1000);
    const task: Task = { id, path, name, wanted, cleaned: cleanedPath(path), seconds };
    try {
      pool ??= start();
      return await (await pool).run(task, { signal: controller.signal });
    } catch (error) {
      if (isOutOfMemory(error)) return servedBefore > 0 ? 'worn-out' : 'too-heavy';
      if (failure === 'too-heavy') return failure;
      throw controller.signal.aborted ? failure : error;
    } finally {
      clearTimeout(timer);
      waiting.delete(id);
    }
  }

  async function inspect(
    path: string,
    { name, wanted = 'document' }: Parameters<Inspector['inspect']>[1],
  ): Promise<Verdict> {
    let verdict = await run(path, name, wanted);
    // pdf-lib never forgets a name it read: earlier files may have filled the thread, which is gone now.
    if (verdict === 'worn-out') verdict = await run(path, name, wanted);
    if (typeof verdict !== 'string') return verdict;
    const refusals = refusalsOf(wanted);
    return name.trimEnd().toLowerCase().endsWith('.pdf') ? refusals.heavyPdf : refusals.heavyJpeg;
  }

  async function close(): Promise<void> {
    const threads = await pool;
    pool = undefined;
    await threads?.destroy();
  }

  return { inspect, close };
}

function isOutOfMemory(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
}
