import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

const wanted = process.env['NO_COLOR'] === undefined && (process.stdout.isTTY || Boolean(process.env['FORCE_COLOR']));

/** Colours for terminals; plain text for files and pipes. */
export const paint = (style: Style, text: string): string => (wanted ? styleText(style, text) : text);
