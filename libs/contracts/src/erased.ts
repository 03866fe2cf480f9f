/** Replaces the name and the texts of a user whose account was deleted. */
export const ERASED = '[deleted]';
