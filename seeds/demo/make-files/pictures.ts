import sharp from 'sharp';

const SIZE = { width: 720, height: 360 };

/** What the cards of «Услуги» show, and what comes along with requests, drawn: nobody's photographs, and small. */
export const PICTURES: Record<string, string> = {
  'service-cleaning': `<rect width="720" height="360" fill="#dfeaf6"/>
    <rect x="60" y="40" width="250" height="190" rx="6" fill="#f7fbff" stroke="#a9c0da" stroke-width="8"/>
    <path d="M185 40V230M60 135H310" stroke="#a9c0da" stroke-width="6"/>
    <path d="M86 118L150 62M100 128L132 100" stroke="#fff" stroke-width="10"/>
    <rect y="282" width="720" height="78" fill="#c3d3e4"/>
    <path d="M430 214H556L538 306Q537 314 529 314H457Q449 314 448 306Z" fill="#2f62dc"/>
    <path d="M424 204H562V226H424Z" fill="#1b4fc4"/><path d="M438 204Q493 118 548 204" fill="none" stroke="#43506a" stroke-width="7"/>
    <circle cx="462" cy="192" r="20" fill="#fff"/><circle cx="496" cy="186" r="25" fill="#fff"/><circle cx="528" cy="194" r="18" fill="#fff"/>
    <path d="M640 30L612 252" stroke="#8a6d4b" stroke-width="12"/><path d="M596 250H634L650 318H572Z" fill="#e5ac3c"/>
    <path d="M592 268L588 316M612 268V316M630 268L636 316" stroke="#b98518" stroke-width="4"/>`,
  'service-meeting': `<rect width="720" height="360" fill="#ece8e1"/>
    <rect x="215" y="42" width="290" height="150" rx="6" fill="#26344d"/><rect x="229" y="56" width="262" height="122" fill="#eef3fb"/>
    <path d="M256 156V120M290 156V98M324 156V132M358 156V84" stroke="#2f62dc" stroke-width="18"/>
    <path d="M396 92H468M396 114H468M396 136H446" stroke="#a9b8d0" stroke-width="8"/>
    <rect y="300" width="720" height="60" fill="#cdbfa9"/>
    <g fill="#43506a"><rect x="92" y="196" width="70" height="84" rx="14"/><rect x="202" y="204" width="66" height="60" rx="14"/>
    <rect x="327" y="204" width="66" height="60" rx="14"/><rect x="452" y="204" width="66" height="60" rx="14"/><rect x="558" y="196" width="70" height="84" rx="14"/></g>
    <path d="M120 246H600L640 284H80Z" fill="#a9855a"/><path d="M80 284H640V300H80Z" fill="#8a6a44"/>
    <path d="M140 300V348M580 300V348" stroke="#6d5336" stroke-width="14"/>
    <path d="M214 258H282L290 274H206ZM438 258H506L514 274H430Z" fill="#f7f9fc"/>
    <path d="M348 238H372V268H348Z" fill="#bfe0ee"/>`,
  leak: `<rect width="720" height="360" fill="#e9e9e4"/><rect width="720" height="236" fill="#f6f6f2"/>
    <path d="M0 0L90 236M240 0V236M480 0V236M720 0L630 236M0 70H720M0 150H720M0 236H720" stroke="#c9c9c1" stroke-width="5"/>
    <path d="M300 44Q350 8 430 30Q540 26 560 96Q590 170 500 190Q430 222 360 192Q262 190 268 122Q250 70 300 44Z" fill="#d8b978"/>
    <path d="M340 76Q400 48 470 78Q520 110 480 148Q420 182 356 152Q306 112 340 76Z" fill="#b98f48"/>
    <path d="M404 176Q392 204 404 214Q416 204 404 176Z" fill="#8fb4d8"/><path d="M408 250Q398 272 408 282Q418 272 408 250Z" fill="#8fb4d8"/>
    <path d="M350 300H470L458 360H362Z" fill="#2f62dc"/><ellipse cx="410" cy="300" rx="60" ry="12" fill="#8fb4d8"/>`,
  radiator: `<rect width="720" height="360" fill="#e4e0d8"/><rect x="190" y="0" width="340" height="96" fill="#bcd4ea"/>
    <rect x="170" y="96" width="380" height="22" rx="4" fill="#f7f5f0"/>
    <g fill="#f4f6f9" stroke="#b4bfce" stroke-width="4"><rect x="190" y="150" width="40" height="150" rx="14"/><rect x="238" y="150" width="40" height="150" rx="14"/>
    <rect x="286" y="150" width="40" height="150" rx="14"/><rect x="334" y="150" width="40" height="150" rx="14"/><rect x="382" y="150" width="40" height="150" rx="14"/>
    <rect x="430" y="150" width="40" height="150" rx="14"/><rect x="478" y="150" width="40" height="150" rx="14"/></g>
    <path d="M120 180H190M120 282H190" stroke="#b4bfce" stroke-width="14"/><rect y="336" width="720" height="24" fill="#a9855a"/>
    <rect x="600" y="60" width="120" height="276" fill="#8a6a44"/><path d="M660 60V336" stroke="#6d5336" stroke-width="4"/>
    <circle cx="646" cy="200" r="6" fill="#e5ac3c"/><circle cx="674" cy="200" r="6" fill="#e5ac3c"/>`,
};

/** The picture as a telephone would have saved it, without anything that tells where. */
export function paintPicture(drawing: string): Promise<Buffer> {
  const { width, height } = SIZE;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawing}</svg>`;
  return sharp(Buffer.from(svg)).removeAlpha().jpeg({ quality: 60, mozjpeg: true }).toBuffer();
}
