import type { Test } from 'supertest';
import request from 'supertest';
import type { Express } from 'express';
import type { SentFiles } from './client.js';
import { PASSWORD } from './people.js';

type Fields = Record<string, string | string[]>;

/**
 * A person at a browser without scripts: keeps cookies, takes the token from the page with the form and sends it
 * along, as a browser would.
 */
export class Visitor {
  readonly agent;
  constructor(app: Express | string) {
    this.agent = request.agent(app);
  }

  get(path: string): Test {
    return this.agent.get(path);
  }

  /** Opens the page with the form, fills it in and sends it; `to` is the form's address where it differs. */
  async submit(page: string, fields: Fields, to = page) {
    return this.post(to, { ...(await this.hidden(page)), ...fields });
  }

  /** The same with a file, or several. */
  async upload(page: string, fields: Record<string, string>, files: SentFiles, to = page) {
    const sent = this.agent.post(to);
    for (const [name, value] of Object.entries({ ...(await this.hidden(page)), ...fields }))
      void sent.field(name, value);
    for (const { field = 'file', bytes, name } of [files ?? []].flat()) void sent.attach(field, bytes, name);
    return sent;
  }

  post(path: string, fields: Fields): Test {
    return this.agent.post(path).type('form').send(fields);
  }

  /** The hidden fields of the page: whatever it shows, every form of it carries the same token. */
  async hidden(page: string): Promise<Record<string, string>> {
    const { text } = await this.agent.get(page);
    const fields: Record<string, string> = {};
    for (const [tag] of text.matchAll(/<input type="hidden"[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(tag)?.[1];
      if (name && !(name in fields)) fields[name] = /value="([^"]*)"/.exec(tag)?.[1] ?? '';
    }
    return fields;
  }

  /** Signs in on the sign-in page. */
  async signIn(email: string, password = PASSWORD): Promise<this> {
    const answer = await this.submit('/auth/login', { email, password });
    if (answer.status !== 303) throw new Error(`not signed in as ${email}: ${answer.status}`);
    return this;
  }
}
