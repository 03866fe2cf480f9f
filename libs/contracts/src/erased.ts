/** What stands where the name or the words of somebody stood whose account was deleted. */
export const ERASED = '[deleted]';
