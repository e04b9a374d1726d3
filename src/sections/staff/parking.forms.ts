import { z } from 'zod';
import { optional, required } from '../../web/form.js';
import { seenForm } from './organisations.forms.js';

const oneLine = (text: string) => text.replace(/\s+/g, ' ');

const site = required('Укажите площадку', 150).transform(oneLine);
const caption = optional(500).transform((text) => text && oneLine(text));

/** A new scheme; its picture comes along. */
export const newSchemeForm = z.object({ site, caption });

/** A scheme that is there, with what its form showed. */
export const schemeForm = newSchemeForm.extend(seenForm.shape);
