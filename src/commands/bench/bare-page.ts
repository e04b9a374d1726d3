import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ejs from 'ejs';

// A row of the list as it stands in views/profiles/documents/index.ejs, with the usual `<%=` for whatever is data.
const ROW = `<tr>
<th scope="row"><span class="name"><%= row.type %></span><span class="sub"><%= row.about %></span><span class="acts"><% for (const link of row.links) { %><a href="<%= link.href %>"><%= link.label %><span class="vh">: <%= row.type %></span></a> <% } %></span></th>
<td class="date" data-label="Дата загрузки"><time datetime="<%= row.iso %>"><%= row.at %></time></td>
<td class="break" data-label="Кем загружен"><%= row.uploader %></td>
<td data-label="Статус"><span class="tag <%= row.state %>"><%= row.status %></span></td>
<td data-label="Действителен до"><% if (row.validUntil) { %><span class="date"><%= row.validUntil %></span><% } else { %>—<% } %></td>
</tr>`;

/**
 * Writes the page that the list is compared with, for `bare.ts`: the list's own HTML as it was served, where only the
 * rows are a loop over data. It comes out as long as the original, to the byte.
 */
export function writeBarePage(folder: string, html: string): void {
  const [before, rows, after] = html.split(/(?<=<tbody>)|(?=<\/tbody>)/);
  if (!before || !rows || !after) throw new Error('The list has no table to compare with.');
  const data = [...rows.matchAll(/<tr>.*?<\/tr>/gs)].map(([row]) => readRow(row));
  const template = (filler: number) =>
    `${before}\n<% for (const row of rows) { %>${ROW}<% } %>${after}<!--${'.'.repeat(Math.max(0, filler))}-->`;
  const missing = Buffer.byteLength(html) - Buffer.byteLength(ejs.render(template(0), { rows: data }));
  mkdirSync(join(folder, 'views'), { recursive: true });
  writeFileSync(join(folder, 'views/page.ejs'), template(missing));
  writeFileSync(join(folder, 'rows.json'), JSON.stringify(data));
}

function readRow(row: string) {
  const text = (pattern: RegExp) => (pattern.exec(row)?.[1] ?? '').replace(/&[^;]+;/g, "'");
  const cell = (label: string) => text(new RegExp(`data-label="${label}">(?:<[^>]+>)*([^<]*)`));
  return {
    type: text(/class="name">([^<]*)/),
    about: text(/class="sub">([^<]*)/),
    links: [...row.matchAll(/<a href="([^"]*)">([^<]*)/g)].map(([, href, label]) => ({ href, label })),
    iso: text(/datetime="([^"]*)"/),
    at: cell('Дата загрузки'),
    uploader: cell('Кем загружен'),
    state: text(/class="tag ([^"]*)"/),
    status: cell('Статус'),
    validUntil: cell('Действителен до').replace('—', ''),
  };
}
