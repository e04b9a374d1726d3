/** What nobody sees and what turns the writing around: such signs hide text, or make it look like another. */
const UNSEEN = /(?![\n\t])[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** The text without signs that nobody sees. */
export const withoutUnseen = (text: string) => text.replace(UNSEEN, '');

/** At least one sign that is seen. */
export const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;
