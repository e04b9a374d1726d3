import sharp from 'sharp';
import { cutFace, type Face } from './face.js';

const SIZE = { width: 1200, height: 800 };
const INK = '#2b3648';
const COLOURS = { tenant: '#fff', guest: '#bfe6cb', disabled: '#bcd2fb' };

type Bay = keyof typeof COLOURS;
interface Row {
  x: number;
  y: number;
  /** Places beside each other, by what they are: `['tenant', 8]` */
  places: [Bay, number][];
  from: number;
}

/** A car park from above. */
interface Plan {
  title: string;
  buildings: { x: number; y: number; width: number; height: number; name: string }[];
  rows: Row[];
  /** Where one drives in, with the words beside the arrow, at its left or its right. */
  gate: { x: number; y: number; words: string };
  door: { x: number; y: number; words: string };
}

const BAY = { width: 62, height: 118 };
const LEGEND: [Bay, string][] = [
  ['guest', 'Гостевые места'],
  ['tenant', 'Места арендаторов'],
  ['disabled', 'Места для инвалидов'],
];

/** By file name without its ending. */
const PLANS: Record<string, Plan> = {
  'parking-khamovniki': {
    title: 'БК «Спектр Хамовники»: наземная парковка',
    buildings: [{ x: 60, y: 110, width: 700, height: 190, name: 'Корпус 1' }],
    rows: [
      {
        x: 70,
        y: 350,
        places: [
          ['disabled', 2],
          ['tenant', 9],
        ],
        from: 1,
      },
      {
        x: 70,
        y: 590,
        places: [
          ['tenant', 7],
          ['guest', 4],
        ],
        from: 12,
      },
      { x: 880, y: 130, places: [['guest', 4]], from: 23 },
    ],
    gate: { x: 1010, y: 525, words: 'Въезд с ул. Усачёва, КПП № 1' },
    door: { x: 410, y: 300, words: 'Вход' },
  },
  'parking-lefortovo': {
    title: 'БК «Спектр Лефортово»: парковка во дворе',
    buildings: [
      { x: 60, y: 110, width: 180, height: 480, name: 'Корпус А' },
      { x: 960, y: 110, width: 180, height: 300, name: 'Корпус Б' },
    ],
    rows: [
      {
        x: 300,
        y: 120,
        places: [
          ['guest', 3],
          ['tenant', 7],
        ],
        from: 1,
      },
      {
        x: 300,
        y: 420,
        places: [
          ['tenant', 8],
          ['disabled', 2],
        ],
        from: 11,
      },
    ],
    gate: { x: 1010, y: 580, words: 'Въезд через КПП № 2' },
    door: { x: 240, y: 340, words: 'Вход' },
  },
};

/** Draws every car park of the demo: invented, with places that are as many as look well. */
export async function paintPlans(): Promise<[name: string, bytes: Buffer][]> {
  const plans = Object.entries(PLANS);
  const texts = plans.flatMap(([, { title, buildings, gate, door }]) => [
    ...[title, gate.words, door.words],
    ...buildings.map(({ name }) => name),
  ]);
  const face = await cutFace([...texts, ...LEGEND.map(([, words]) => words), '0123456789']);
  return Promise.all(plans.map(async ([name, plan]) => [name, await paint(plan, face)] as [string, Buffer]));
}

function paint(plan: Plan, face: Face): Promise<Buffer> {
  const { width, height } = SIZE;
  const write = (words: string, x: number, y: number, size: number) => text(face, words, x, y, size);
  const { gate, door } = plan;
  const drawn = [
    `<rect width="${width}" height="${height}" fill="#dfe5ec"/><rect x="40" y="90" width="1120" height="640" rx="10" fill="#c9d1db"/>`,
    write(plan.title, 40, 60, 34),
    ...plan.buildings.map((at) => {
      const middle = at.x + (at.width - face.measure(at.name, 26)) / 2;
      const { x, y } = at;
      const box = `<rect x="${x}" y="${y}" width="${at.width}" height="${at.height}" rx="6" fill="#f7f9fc" stroke="${INK}" stroke-width="3"/>`;
      return box + write(at.name, middle, y + at.height / 2, 26);
    }),
    ...plan.rows.map((row) => bays(row, face)),
    `<path transform="translate(${gate.x} ${gate.y})" d="M150 -14H60V-34L0 0L60 34V14H150Z" fill="#1b4fc4"/>`,
    write(gate.words, Math.min(gate.x, width - 60 - face.measure(gate.words, 22)), gate.y + 66, 22),
    `<circle cx="${door.x}" cy="${door.y}" r="13" fill="#c23a31" stroke="#fff" stroke-width="4"/>`,
    write(door.words, door.x + 22, door.y + 30, 22),
    ...LEGEND.map(([kind, words], at) => {
      const x = 60 + at * 340;
      const box = `<rect x="${x}" y="746" width="30" height="30" fill="${COLOURS[kind]}" stroke="${INK}" stroke-width="2"/>`;
      return box + write(words, x + 44, 769, 22);
    }),
  ];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawn.join('')}</svg>`;
  return sharp(Buffer.from(svg)).removeAlpha().jpeg({ quality: 62, mozjpeg: true }).toBuffer();
}

function bays({ x, y, places, from }: Row, face: Face): string {
  const kinds = places.flatMap(([kind, count]) => Array<Bay>(count).fill(kind));
  return kinds
    .map((kind, at) => {
      const left = x + at * BAY.width;
      const number = String(from + at);
      const middle = left + (BAY.width - face.measure(number, 22)) / 2;
      const box = `<rect x="${left}" y="${y}" width="${BAY.width}" height="${BAY.height}" fill="${COLOURS[kind]}" stroke="${INK}" stroke-width="2"/>`;
      return box + text(face, number, middle, y + BAY.height / 2 + 8, 22);
    })
    .join('');
}

/** The words as outlines: no font has to be installed where it is painted. */
function text(face: Face, words: string, x: number, y: number, size: number): string {
  let pen = 0;
  const letters = [...words].map((character) => {
    const { path, advance } = face.glyphs.get(character)!;
    const letter = path && `<path transform="translate(${pen} 0)" d="${path}"/>`;
    pen += advance;
    return letter;
  });
  const unit = size / face.upem;
  return `<g fill="${INK}" transform="translate(${x} ${y}) scale(${unit} ${-unit})">${letters.join('')}</g>`;
}
