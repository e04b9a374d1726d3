import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { PDFDocument, PDFName, PDFString, rgb } from 'pdf-lib';
import sharp from 'sharp';

/** Real files of every kind that people and attackers send. All are made here, none is kept in the repository. */

const MB = 1024 * 1024;

/** The test signature that every virus scanner knows (eicar.org), written in two parts so that none finds this file. */
export const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');

/** A plain document; `change` may do more to it before it is saved. */
export async function pdf({
  pages = 1,
  compressed = true,
  change = (_: PDFDocument) => {},
} = {}): Promise<Buffer> {
  const document = await PDFDocument.create();
  for (let number = 1; number <= pages; number += 1) {
    const page = document.addPage([595, 842]);
    page.drawText(`Page ${number}`, { x: 50, y: 780 });
    page.drawRectangle({ x: 50, y: 100, width: 200, height: 90, color: rgb(0.2, 0.4, 0.6) });
  }
  change(document);
  return Buffer.from(await document.save({ useObjectStreams: compressed, addDefaultPage: false }));
}

/** A document with more written right after its header: objects that no table lists, but that are read all the same. */
export async function pdfWith(text: string | Buffer): Promise<Buffer> {
  const plain = await pdf({ compressed: false });
  const header = plain.indexOf('\n', plain.indexOf('\n') + 1) + 1;
  return Buffer.concat([
    plain.subarray(0, header),
    Buffer.from(text),
    Buffer.from('\n'),
    plain.subarray(header),
  ]);
}

/** One object in a compressed object stream, as Acrobat would write it. */
function objectStream(object: string | Buffer, number = 95): Buffer {
  const numbers = Buffer.from(`${number} 0 `);
  const data = deflateSync(Buffer.concat([numbers, Buffer.from(object)]), { level: 9 });
  const dict = `90 0 obj\n<</Type/ObjStm/N 1/First ${numbers.length}/Filter/FlateDecode/Length ${data.length}>>stream\n`;
  return Buffer.concat([Buffer.from(dict), data, Buffer.from('\nendstream\nendobj')]);
}

/** Documents that do something when they are opened, by how they do it. */
export async function activePdfs(): Promise<Record<string, Buffer>> {
  const script = '<</S/JavaScript/JS(app.alert\\(1\\))>>';
  const open = (action: Record<string, unknown>) =>
    pdf({ change: (it) => it.catalog.set(PDFName.of('OpenAction'), it.context.obj(action as never)) });
  const withScript = await pdf({ change: (it) => it.addJavaScript('hello', 'app.alert(1)') });
  const attached = await PDFDocument.create();
  attached.addPage();
  await attached.attach(Buffer.from('MZ'), 'run.exe', { mimeType: 'application/octet-stream' });
  const shadowed = await pdfWith(objectStream(script));
  return {
    'names tree': withScript,
    'open action': await open({ S: 'JavaScript', JS: PDFString.of('app.alert(1)') }),
    launch: await open({ S: 'Launch', F: PDFString.of('cmd.exe') }),
    'embedded file': Buffer.from(await attached.save()),
    XFA: await pdf({
      change: (it) => it.catalog.set(PDFName.of('AcroForm'), it.context.obj({ XFA: [], Fields: [] })),
    }),
    escaped: await pdfWith(
      `95 0 obj\n${script.replace('/JavaScript', '/J#61v#61Script').replace('/JS', '/#4a#53')}\nendobj`,
    ),
    compressed: shadowed,
    'compressed and escaped': await pdfWith(objectStream('<</S/#4aava#53cript/#4aS(1)>>')),
    // The second object of the number hides the first from most readers, but the table may point at the first.
    'hidden by a twin': await pdfWith(
      Buffer.concat([objectStream(script), Buffer.from('\n95 0 obj\nnull\nendobj')]),
    ),
  };
}

/** As a program that protects documents leaves it: only what a reader looks at first is real. */
export async function encryptedPdf(): Promise<Buffer> {
  const key = '<</Filter/Standard/V 2/R 3/Length 128/P -44/O<00>/U<00>>>';
  const plain = await pdfWith(`80 0 obj\n${key}\nendobj`);
  return Buffer.from(
    plain.toString('latin1').replace('trailer\n<<', 'trailer\n<<\n/Encrypt 80 0 R'),
    'latin1',
  );
}

/** 2 KB whose tree of pages branches in two forty times: who counts them is busy for days, in no memory at all. */
export async function endlessPdf(): Promise<Buffer> {
  return pdf({
    change: ({ catalog, context }) => {
      let kid = catalog.get(PDFName.of('Pages'))!;
      for (let depth = 0; depth < 40; depth += 1) {
        kid = context.register(context.obj({ Type: 'Pages', Kids: [kid, kid], Count: 2 }));
      }
      catalog.set(PDFName.of('Pages'), kid);
    },
  });
}

/** 10 MB that become half a gigabyte of objects. */
export async function hungryPdf(): Promise<Buffer> {
  return pdfWith(`90 0 obj\n[${'<<>>'.repeat(2.5 * MB - 1000)}]\nendobj`);
}

/** 500 KB that inflate to 120 MB outside of what a thread's memory limit counts. */
export async function bombPdf(): Promise<Buffer> {
  const blanks = deflateSync(Buffer.alloc(120 * MB, ' '), { level: 1 });
  const dict = `90 0 obj\n<</Type/ObjStm/N 1/First 5/Filter/FlateDecode/Length ${blanks.length}>>stream\n`;
  return pdfWith(Buffer.concat([Buffer.from(dict), blanks, Buffer.from('\nendstream\nendobj')]));
}

/** A document with so many names of its own; the library that reads it remembers each for ever. */
export async function wordyPdf(names: number): Promise<Buffer> {
  const word = randomBytes(4).toString('hex');
  return pdfWith(
    `90 0 obj\n[${Array.from({ length: names }, (_, index) => `/${word}${index}`).join('')}]\nendobj`,
  );
}

/** Nothing but noise, so that it is as large as a picture of its size can be. */
export async function jpeg({ width = 640, height = 480, quality = 80 } = {}): Promise<Buffer> {
  return sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
}

/** Held upright by a telephone that lay on its side, and that noted where it was: 55.75° N, 37.62° E. */
export async function jpegWithGps(): Promise<Buffer> {
  return sharp({ create: { width: 80, height: 40, channels: 3, background: '#c00' } })
    .withExif({
      IFD0: { Make: 'Camera', Orientation: '6' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '55/1 45/1 0/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '37/1 37/1 0/1',
      },
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
}

/** The header of a small picture that claims to have 900 million points. */
export async function hugeJpeg(): Promise<Buffer> {
  const bytes = await jpeg({ width: 64, height: 64 });
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(30_000, frame + 5);
  bytes.writeUInt16BE(30_000, frame + 7);
  return bytes;
}

/** One of the scans of a progressive picture, thousands of times. */
export async function manyScansJpeg(): Promise<Buffer> {
  const bytes = await sharp({ create: { width: 800, height: 800, channels: 3, background: '#8a3' } })
    .jpeg({ progressive: true })
    .toBuffer();
  const last = bytes.lastIndexOf(Buffer.from([0xff, 0xda]));
  const end = bytes.length - 2;
  return Buffer.concat([
    bytes.subarray(0, end),
    ...Array<Buffer>(2000).fill(bytes.subarray(last, end)),
    bytes.subarray(end),
  ]);
}

export async function png(): Promise<Buffer> {
  return sharp({ create: { width: 20, height: 20, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
}

export const html = Buffer.from('<!doctype html><html><script>alert(document.cookie)</script></html>');
