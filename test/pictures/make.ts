import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { ROOT } from '../../src/lib/places.js';
import { speakRussian } from './browser-words.js';
import { PICTURES } from './list.js';
import type { Picture } from './picture.js';
import { withDemo } from './site.js';

// `npm run help:pictures`: takes the pictures of the help anew from the pages as they are now, and says how large each
// one is. They are committed; after a change of a page that the help shows, run it and look at what came out. It stands
// among the tests, for it drives a browser with what the tests have for that, and nothing of it is shipped.

const folder = join(ROOT, 'public/img/help');
const MOST_BYTES = 60 * 1024;
/** Air around what is shown, in pixels. */
const AIR = 16;

await withDemo(async (open) => {
  const made = new Map<string, Buffer>();
  for (const picture of PICTURES) {
    const page = await open(picture.who, picture.width);
    const png = await take(page, picture);
    made.set(`${picture.name}.png`, png);
    await page.close();
    const { width, height } = await sharp(png).metadata();
    // Half of its points: what the template has to say.
    process.stdout.write(
      `${picture.name}: width: ${width / 2}, height: ${height / 2} (${png.length} bytes)\n`,
    );
  }
  // All or nothing: a page that is not as expected leaves the old set whole.
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) if (!made.has(name)) await rm(join(folder, name));
  for (const [name, png] of made) await writeFile(join(folder, name), png);
});

/** @throws Error where the page, or the part of it, is not what the picture is of */
async function take(page: Page, { name, path, parts, says, before }: Picture): Promise<Buffer> {
  const answer = await page.goto(path);
  if (answer?.status() !== 200) throw new Error(`${name}: ${path} answers ${answer?.status()}`);
  await before?.(page);
  await speakRussian(page);
  const whole = await page.evaluate(async () => {
    await document.fonts.ready;
    return { width: innerWidth, height: document.body.scrollHeight };
  });
  await page.setViewportSize({ width: whole.width, height: Math.ceil(whole.height) });
  const boxes = await Promise.all(
    parts.map(async (part) => {
      const box = await page.locator(part).first().boundingBox({ timeout: 5_000 });
      if (!box) throw new Error(`${name}: ${part} cannot be seen`);
      return box;
    }),
  );
  const left = Math.max(0, Math.floor(Math.min(...boxes.map(({ x }) => x)) - AIR));
  const top = Math.max(0, Math.floor(Math.min(...boxes.map(({ y }) => y)) - AIR));
  const right = Math.min(whole.width, Math.ceil(Math.max(...boxes.map(({ x, width }) => x + width)) + AIR));
  const bottom = Math.ceil(Math.max(...boxes.map(({ y, height }) => y + height)) + AIR);
  const clip = { x: left, y: top, width: right - left, height: bottom - top };
  for (const words of says) {
    const shown = await page.getByText(words).filter({ visible: true }).all();
    const within = await Promise.all(shown.map(async (one) => isWithin(await one.boundingBox(), clip)));
    if (!within.includes(true)) throw new Error(`${name}: the picture does not say «${words}»`);
  }
  const shot = await page.screenshot({ clip, animations: 'disabled' });
  return squeeze(shot, name);
}

/** As few colours as it takes: pages have few, and the edges of letters bear it. */
async function squeeze(shot: Buffer, name: string): Promise<Buffer> {
  let bytes = 0;
  for (const colours of [32, 16]) {
    const png = await sharp(shot).png({ palette: true, colours, dither: 0, effort: 10 }).toBuffer();
    if (png.length <= MOST_BYTES) return png;
    bytes = png.length;
  }
  throw new Error(`${name}: ${bytes} bytes are too many, cut it smaller`);
}

type Size = { width: number; height: number };

function isWithin(
  box: (Size & { x: number; y: number }) | null,
  clip: Size & { x: number; y: number },
): boolean {
  return (
    box !== null &&
    box.x >= clip.x &&
    box.y >= clip.y &&
    box.x + box.width <= clip.x + clip.width &&
    box.y + box.height <= clip.y + clip.height
  );
}
