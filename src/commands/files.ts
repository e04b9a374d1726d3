import { type Tell, checkFiles, copyFiles } from '../domain/files/copy.actions.js';
import { openStore } from '../house.js';
import { withHouse } from './with-house.js';

// `npm run files -- copy FROM TO` copies every file that has a row from the folder to the bucket or back, while the site
// is in use; `npm run files -- check [WHERE]` compares every hash. Both end with 1 when a file is missing or differs.
type Where = 'folder' | 's3';
const PROGRESS = 100;
let seen = 0;

const [verb, first, second, ...more] = process.argv.slice(2);
const isWhere = (text: string | undefined): text is Where => text === 'folder' || text === 's3';
const copying = verb === 'copy' && isWhere(first) && isWhere(second) && first !== second;
const checking = verb === 'check' && (first === undefined || isWhere(first)) && second === undefined;

if (more.length > 0 || !(copying || checking)) {
  process.stderr.write('Usage: npm run files -- copy folder s3 | copy s3 folder | check [folder|s3]\n');
  process.exitCode = 2;
} else {
  await withHouse(async ({ parts: { db, config } }) => {
    const store = await openStore(config, first);
    const counts = copying
      ? await copyFiles({ db, from: store, to: await openStore(config, second) }, tell)
      : await checkFiles({ db, store }, tell);
    const copied = copying ? `скопировано ${counts.copied}, уже было` : 'на месте';
    const wrong = `нет в хранилище ${counts.missing}, отличаются ${counts.differs}`;
    process.stdout.write(`${copied} ${counts.there}, ${wrong}\n`);
    if (counts.missing + counts.differs > 0) process.exitCode = 1;
  });
}

function tell({ id }: Parameters<Tell>[0], outcome: Parameters<Tell>[1]): void {
  if (outcome === 'missing') process.stdout.write(`нет в хранилище: ${id}\n`);
  if (outcome === 'differs') process.stdout.write(`отличается от записанного: ${id}\n`);
  seen += 1;
  if (seen % PROGRESS === 0) process.stderr.write(`пройдено файлов: ${seen}\n`);
}
