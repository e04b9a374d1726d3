import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cutFace } from './make-files/face.js';
import { layOut, type Block } from './make-files/layout.js';
import { paintPlans } from './make-files/parking.js';
import { writePdf } from './make-files/pdf.js';
import { paintPicture, PICTURES } from './make-files/pictures.js';
import { paintScan } from './make-files/scan.js';
import { FOOTER, SAMPLES } from './make-files/texts.js';

/** Makes the sample files beside it anew: `npx tsx seeds/demo/make-files.ts`. They are committed, so nobody needs to. */

const folder = join(import.meta.dirname, 'files');
// Of the files themselves: the same texts make the same bytes.
const made = new Date('2026-11-24T09:00:00Z');

await mkdir(folder, { recursive: true });
for (const [name, { title, blocks, stamp }] of Object.entries(SAMPLES)) {
  const face = await cutFace([...blocks.flatMap(words), FOOTER, ' ']);
  const sheets = layOut(blocks, FOOTER, face.measure);
  const bytes = stamp
    ? await paintScan(sheets[0]!, face, stamp)
    : await writePdf(sheets, face, { title, made });
  await writeFile(join(folder, `${name}.${stamp ? 'jpg' : 'pdf'}`), bytes);
}
for (const [name, drawing] of Object.entries(PICTURES))
  await writeFile(join(folder, `${name}.jpg`), await paintPicture(drawing));
for (const [name, bytes] of await paintPlans()) await writeFile(join(folder, `${name}.jpg`), bytes);

function words(block: Block): string[] {
  if (block.kind === 'text') return [block.text];
  return block.kind === 'columns' ? block.cells : [];
}
