import type { Page } from 'playwright-core';

/** A picture of the help: what part of which page it shows. */
export interface Picture {
  /** `public/img/help/<name>.png` */
  name: string;
  /** Who sees the page: a demo account before its @, or a visitor. */
  who: string | null;
  path: string;
  /** How wide the window is, in pixels. */
  width: number;
  /** The parts of the page that must be in the picture; it is cut to them. */
  parts: string[];
  /** What must be read in those parts, or the page is not the one that the chapter tells of. */
  says: string[];
  /** What is done on the page before. */
  before?: (page: Page) => Promise<void>;
}
