/** Characters that no text holds: controls but for tab and line feed, and halves of surrogate pairs. */
const UNPRINTABLE = /(?![\t\n])\p{Cc}|\p{Cs}/u;

/**
 * In a name also what has no shape, or turns the direction of the text around it: `Ana\u202e` changes how a sentence reads
 * that names her, and two names may look alike. Joiners stay where scripts and emoji need them, variation selectors after
 * emoji.
 */
const JOINERS = '\\u200c\\u200d';
const JOINS = '\\p{Lo}\\p{M}\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f';
const SELECTORS = '\\ufe0e\\ufe0f';
const SELECTS = '\\p{Extended_Pictographic}0-9#*';
const UNNAMEABLE = new RegExp(
  [
    '\\p{Cc}',
    '\\p{Cs}',
    '[\\u2028\\u2029]',
    `(?![${JOINERS}${SELECTORS}])\\p{Default_Ignorable_Code_Point}`,
    `(?<![${JOINS}])[${JOINERS}]`,
    `(?<![${SELECTS}])[${SELECTORS}]`,
  ].join('|'),
  'u',
);

/** Text of several lines, of any characters that have a meaning. */
export const isPrintable = (text: string) => !UNPRINTABLE.test(text);
export const PRINTABLE = 'must not contain control characters other than tab and line feed; remove them';

/** A name: one line of visible characters. */
export const isNameable = (text: string) => !UNNAMEABLE.test(text);
export const NAMEABLE =
  'must not contain control characters, line breaks, invisible characters or ones that change the direction of text; remove them';
